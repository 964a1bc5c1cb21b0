/**
 * Lower bounds of an evidence that a flow learns to raise.
 *
 * @module
 */
import { OptionError } from "../error.ts";
import type { Loss, LossInputs } from "../fit/loss.ts";
import type { Tensor } from "../graph/tensor.ts";
import { neg, sub } from "../ops/elementwise.ts";
import { logSumExp, mean } from "../ops/reduce.ts";

/** ln p(z, data) in nats, maps […, …event] to […]; a flow with a context hands that over, laid over the same batch. */
export type LogJoint = (z: Tensor, context: Tensor | undefined) => Tensor;

/** How many samples a bound takes. */
export interface EvidenceBoundOptions {
  /** Samples K of each step, for each context where there are some. */
  readonly samples: number;
}

/** ln p(z, data) − ln q(z) of K samples, [K] or [K, N] with N contexts. */
function logWeights({ flow, scope }: LossInputs, logJoint: LogJoint, samples: number): Tensor {
  if (!(Number.isInteger(samples) && samples > 0))
    throw new OptionError("samples", `A bound takes a whole number of samples from 1, not ${samples}.`, {
      hint: "Take 8 or more, so that the gradient is not all noise.",
    });
  const batch = flow.context ? [samples, scope.context!.shape[0]!] : [samples];
  const [z, logQ] = flow.sample(scope, batch);
  return sub(logJoint(z, flow.context && scope.contextFor(batch, flow.context.length)), logQ);
}

/**
 * Minimises −E_q[ln p(z, data) − ln q(z)], the evidence lower bound turned round: reverse KL to the posterior up to ln p(data).
 *
 * @param logJoint ln p(z, data) in nats
 * @throws {OptionError} `samples`
 * @see Rezende & Mohamed 2015, Variational Inference with Normalizing Flows
 * @example
 * const posterior = await fit(realNVP({ features: 2, layers: 2 }), undefined, {
 *   backend,
 *   steps: 2,
 *   loss: elbo((z) => standardNormalLogProb(sub(z, 1), 1), { samples: 32 }),
 * });
 */
export const elbo =
  (logJoint: LogJoint, { samples }: EvidenceBoundOptions): Loss =>
  (inputs) =>
    neg(mean(logWeights(inputs, logJoint, samples)));

/**
 * Minimises −E[ln 1/K Σ p(zₖ, data) / q(zₖ)], which lies between the evidence lower bound (K = 1) and −ln p(data) (K → ∞).
 *
 * @param logJoint ln p(z, data) in nats
 * @throws {OptionError} `samples`
 * @see Burda, Grosse & Salakhutdinov 2016, Importance Weighted Autoencoders
 * @example
 * const loss = iwae((z) => standardNormalLogProb(z, 1), { samples: 16 });
 * const posterior = await fit(realNVP({ features: 2, layers: 2 }), undefined, { backend, steps: 2, loss });
 */
export const iwae =
  (logJoint: LogJoint, { samples }: EvidenceBoundOptions): Loss =>
  (inputs) =>
    neg(sub(mean(logSumExp(logWeights(inputs, logJoint, samples), 0)), Math.log(samples)));
