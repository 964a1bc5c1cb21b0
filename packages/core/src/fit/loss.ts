/**
 * What training minimises.
 *
 * @module
 */
import type { Scope } from "../bijector/scope.ts";
import type { Flow } from "../distribution/flow.ts";
import { symbol } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { neg, sub } from "../ops/elementwise.ts";
import { mean } from "../ops/reduce.ts";

/** What a loss works with: the flow, its scope, and the batch [N, …event] where there is data. */
export interface LossInputs {
  readonly flow: Flow;
  readonly scope: Scope;
  readonly x: Tensor | undefined;
}

/** A traced scalar, in nats where it is a likelihood. */
export type Loss = (inputs: LossInputs) => Tensor;

/** Mean of −ln p(x) over the batch: forward KL to the data, up to its entropy. */
export const negativeLogLikelihood: Loss = ({ flow, scope, x }) => neg(mean(flow.logProb(scope, x!)));

/**
 * Mean of ln q(x) − ln p̃(x) over samples x ~ q: reverse KL to an unnormalised density, bounded below by −ln Z.
 *
 * @param logDensity ln p̃, maps […, …event] to […]
 * @param samples drawn each step
 */
export const reverseKL =
  (logDensity: (x: Tensor) => Tensor, samples: number): Loss =>
  ({ flow, scope }) => {
    const [x, logProb] = flow.sample(scope, [samples]);
    return mean(sub(logProb, logDensity(x)));
  };

/** The batch symbol of training and inference programs. */
export const batchSize = symbol("N");
