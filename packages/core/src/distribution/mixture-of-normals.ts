/**
 * Mixtures of normal distributions.
 *
 * @module
 */

import { type Kind, shape, size } from "../bijector/described.ts";
import { normalInit, zeros } from "../bijector/parameter.ts";
import { definePart } from "../bijector/parts.ts";
import * as z from "../bijector/schema.ts";
import type { Scope } from "../bijector/scope.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, exp, greaterEqual, mul, neg, sub } from "../ops/elementwise.ts";
import { expandDims, pad, reshape, slice } from "../ops/layout.ts";
import { cumsum, logSoftmax, logSumExp, softmax, sum } from "../ops/reduce.ts";
import type { Tree } from "../tree.ts";
import type { Base } from "./base.ts";
import { standardNormalLogProb } from "./standard-normal.ts";

/** Options of `mixtureOfNormals`. */
export interface MixtureOfNormalsOptions {
  event: number[];
  /** Number of components K. */
  components: number;
}

type Own = Record<"logWeight" | "mean" | "logScale", Tensor>;
const own = (scope: Scope): Own => scope.params as Record<string, Tree<Tensor>> as Own;

/** 1 at the component that a uniform number […, 1] falls into, 0 at the others, […, K]. */
function chosen(logWeight: Tensor, u: Tensor): Tensor {
  const components = logWeight.shape[0] as number;
  const started = greaterEqual(u, cumsum(softmax(logWeight, 0), 0, { exclusive: true }));
  return components === 1 ? started : sub(started, pad(slice(started, -1, 1, components - 1), -1, 0, 1));
}

/**
 * Mixture of K normals with diagonal covariances: `p(z) = Σ πₖ Π N(zᵢ; μₖᵢ, σₖᵢ)`, π = softmax(logWeight), σ = e^{logScale}.
 *
 * Components start at means of their own, drawn from a standard normal, and with deviation 1. Samples carry gradients
 * to means and scales, none to the weights: the choice of a component has none.
 */
export const mixtureOfNormals: ((options: MixtureOfNormalsOptions) => Base) & Kind<Base> = definePart<
  MixtureOfNormalsOptions,
  Base
>({
  kind: "mixture-of-normals",
  options: z.object({ event: shape, components: size }),
  build: ({ event, components }) => ({
    role: "base",
    event,
    domain: "real",
    context: undefined,
    params: {
      logWeight: zeros([components]),
      mean: normalInit([components, ...event], 1),
      logScale: zeros([components, ...event]),
    },
    logProb(scope, x) {
      const { logWeight, mean, logScale } = own(scope);
      const axes = event.map((_, i) => -1 - i);
      const z = mul(sub(expandDims(x, x.rank - event.length), mean), exp(neg(logScale)));
      const logs = sub(standardNormalLogProb(z, event.length), sum(logScale, axes));
      return logSumExp(add(logSoftmax(logWeight, 0), logs), -1);
    },
    sample(scope, batch) {
      const { logWeight, mean, logScale } = own(scope);
      const hit = chosen(logWeight, scope.noise("component", { kind: "uniform" }, [...batch, 1]));
      const mask = reshape(hit, [...batch, components, ...event.map(() => 1)]);
      const pick = (values: Tensor): Tensor => sum(mul(mask, values), batch.length);
      const noise = scope.noise("base", { kind: "normal" }, [...batch, ...event]);
      return add(pick(mean), mul(exp(pick(logScale)), noise));
    },
  }),
});
