/**
 * What training minimises.
 *
 * @module
 */
import type { Scope } from "../bijector/scope.ts";
import type { Flow } from "../distribution/flow.ts";
import { OptionError } from "../error.ts";
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

/** How the gradient of `reverseKL` is taken. */
export interface ReverseKLOptions {
  /**
   * Leaves out the part of the gradient that is zero on average, the direct dependence of ln q on its parameters: what is
   * left vanishes sample by sample where q is the target. It costs a pass of the inverse a step. False unless told.
   */
  readonly pathGradient?: boolean;
}

/**
 * Mean of ln q(x) − ln p̃(x) over samples x ~ q: reverse KL to an unnormalised density, bounded below by −ln Z.
 *
 * @param logDensity ln p̃, maps […, …event] to […]
 * @param samples drawn each step
 * @throws {OptionError} `path-gradient` where the flow's inverse draws noise, and ln q is not a function of x
 * @see Roeder, Wu & Duvenaud 2017, Sticking the Landing, for the path gradient
 * @example
 * const onRing = (x: Tensor): Tensor => mul(-8, square(sub(sqrt(dot(x, x)), 2)));
 * const posterior = await fit(planarFlow({ features: 2, layers: 2 }), undefined, {
 *   backend,
 *   steps: 2,
 *   loss: reverseKL(onRing, 256, { pathGradient: true }),
 * });
 */
export const reverseKL =
  (logDensity: (x: Tensor) => Tensor, samples: number, { pathGradient = false }: ReverseKLOptions = {}): Loss =>
  ({ flow, scope }) => {
    const { stochastic, exact } = flow.bijector.facts;
    if (pathGradient && (stochastic.inverse || !exact))
      throw new OptionError("path-gradient", `reverseKL: ${flow.bijector.kind} gives ln q(x) by chance only.`, {
        hint: "Leave pathGradient out for this flow.",
      });
    const [x, logProb] = flow.sample(scope, [samples]);
    // With fixed parameters ln q depends on the flow's by way of x alone.
    const logQ = pathGradient ? flow.logProb(scope.detached(), x) : logProb;
    return mean(sub(logQ, logDensity(x)));
  };

/** The batch symbol of training and inference programs. */
export const batchSize = symbol("N");
