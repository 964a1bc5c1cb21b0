/**
 * Contrastive estimation of a posterior from simulations.
 *
 * @module
 */
import { OptionError } from "../error.ts";
import { batchSize, type Loss } from "../fit/loss.ts";
import type { Tensor } from "../graph/tensor.ts";
import { equal, mul, neg, sub } from "../ops/elementwise.ts";
import { broadcastTo, expandDims, iota } from "../ops/layout.ts";
import { logSoftmax, mean, sum } from "../ops/reduce.ts";

/**
 * Minimises −ln of the share that the true parameters x have of Σⱼ q(xⱼ | context) / p(xⱼ), over all x of the batch.
 *
 * Rows are simulations: x drawn from any proposal, the context simulated from it. Maximum likelihood would learn the
 * posterior under the proposal; this one learns that under the prior p. A step costs N² densities for a batch of N.
 *
 * @param logPrior ln p(x) in nats up to a constant, maps […, …event] to […]
 * @throws {OptionError} `contrastive-context` for a flow without a context
 * @see Greenberg, Nonnenmacher & Macke 2019, Automatic Posterior Transformation; Durkan, Murray & Papamakarios 2020, On
 * Contrastive Learning for Likelihood-free Inference
 * @example
 * const context = x.map(([a]) => [a! + 1]);
 * const loss = contrastivePosterior((theta) => standardNormalLogProb(theta, 1));
 * const posterior = await fit(realNVP({ features: 2, context: 1, layers: 2 }), { x, context }, { backend, steps: 2, batch: 8, loss });
 */
export const contrastivePosterior =
  (logPrior: (x: Tensor) => Tensor): Loss =>
  ({ flow, scope, x }) => {
    if (!flow.context)
      throw new OptionError("contrastive-context", `contrastivePosterior: ${flow.bijector.kind} has no context.`, {
        hint: "Make the flow with a context of the size of what is observed.",
      });
    const pairs = broadcastTo(expandDims(x!, 0), [batchSize, batchSize, ...flow.event]);
    const logQ = flow.logProb(scope.withContext(expandDims(scope.context!, 1)), pairs);
    const own = equal(expandDims(iota(batchSize), 1), iota(batchSize));
    return neg(mean(sum(mul(logSoftmax(sub(logQ, logPrior(x!)), 1), own), 1)));
  };
