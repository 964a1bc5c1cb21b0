/**
 * The transformation of Flow++.
 *
 * @module
 */
import { add, definePart, neg, size, slice, sub, type Transformation, z } from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { affine } from "./affine.ts";
import { logisticMixtureAt, mixtureOf } from "./mixture.ts";
import { logisticMixtureQuantile } from "./mixture-cdf.ts";

/** Options of `logisticMixture`. */
export interface LogisticMixtureOptions {
  /** Number of components K; 8 unless told. */
  components: number;
}

const mixture = definePart<LogisticMixtureOptions, Transformation>({
  kind: "logistic-mixture",
  options: z.object({ components: size }),
  build: ({ components }) => {
    const after = affine();
    return {
      role: "transformation",
      parameters: 3 * components + 2,
      domain: "real",
      codomain: "real",
      searches: "inverse",
      forward(theta, x) {
        const { logBelow, logAbove, logDensity } = logisticMixtureAt(mixtureOf(theta, components), x);
        const [y, logScale] = after.forward(slice(theta, -1, 3 * components, 2), sub(logBelow, logAbove));
        return [y, add(sub(logDensity, add(logBelow, logAbove)), logScale)];
      },
      inverse(theta, y) {
        const own = mixtureOf(theta, components);
        const [odds, logScale] = after.inverse(slice(theta, -1, 3 * components, 2), y);
        const x = logisticMixtureQuantile(own, odds);
        const { logBelow, logAbove, logDensity } = logisticMixtureAt(own, x);
        return [x, add(neg(sub(logDensity, add(logBelow, logAbove))), logScale)];
      },
    };
  },
});

/**
 * Maps by the log-odds of a mixture of logistics, scaled and shifted: `y = eᵃ logit(Σ πₖ σ((x − μₖ)/sₖ)) + b`.
 *
 * θ […, 3K + 2] = (weights, means, log-scales, b, a), each bounded as in `mixtureCdf` and `affine`; close to the identity
 * at θ = 0. The inverse is searched in a bracket, with an implicit gradient. Put it into `invertTransformation` so that
 * densities take the formula and sampling the search.
 *
 * @see Ho, Chen, Srinivas, Duan & Abbeel 2019, Flow++: Improving Flow-Based Generative Models, section 3.2
 */
export const logisticMixture = withDefaults<LogisticMixtureOptions, "components", Transformation>(mixture, {
  components: 8,
});
