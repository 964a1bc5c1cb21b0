/**
 * The distribution function of a mixture as a transformation.
 *
 * @module
 */
import {
  add,
  amax,
  clip,
  definePart,
  exp,
  expandDims,
  log,
  log1p,
  min,
  mul,
  neg,
  size,
  sqrt,
  sub,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { bracketedRoot } from "../root/bracketed-root.ts";
import { logisticMixtureAt, type Mixture, mixtureOf, normalMixtureAt } from "./mixture.ts";

const kernels = ["logistic", "normal"] as const;

/** Options of `mixtureCdf`. */
export interface MixtureCdfOptions {
  /** Number of components K; 8 unless told. */
  components: number;
  /** The density of a component; logistic unless told. */
  kernel: (typeof kernels)[number];
}

/** Probabilities stay within these, both float32 numbers, so that what follows may take a logarithm of u or of 1 − u. */
const LOWEST = 2 ** -25;
const HIGHEST = 1 - 2 ** -24;

/** The extremes over components of mean + scale·z: each alone has its quantile there, so the mixture has it between. */
function between(
  [, mean, logScale]: Mixture,
  low: Tensor,
  high: Tensor,
): { readonly low: Tensor; readonly high: Tensor } {
  const at = (z: Tensor): Tensor => add(mean, mul(exp(logScale), expandDims(z, -1)));
  return { low: neg(amax(neg(at(low)), -1)), high: amax(at(high), -1) };
}

/** The x at which a mixture of logistic densities has the log-odds y. */
export function logisticMixtureQuantile(mixture: Mixture, y: Tensor): Tensor {
  return bracketedRoot({
    name: "logistic-mixture-quantile",
    residual: (x, [y1, ...given]) => {
      const { logBelow, logAbove, logDensity } = logisticMixtureAt(given as unknown as Mixture, x);
      return [sub(sub(logBelow, logAbove), y1!), exp(sub(logDensity, add(logBelow, logAbove)))];
    },
    params: [y, ...mixture],
    ...between(mixture, y, y),
  });
}

/** The x at which a mixture of normal densities has the probability u below it. */
function normalMixtureQuantile(mixture: Mixture, u: Tensor): Tensor {
  // Φ(−t) ≤ ½ e^{−t²/2}, so that the quantile of u ≤ ½ lies between −√(−2 ln 2u) and 0.
  const reach = (p: Tensor): Tensor => sqrt(mul(-2, log(min(mul(2, p), 1))));
  return bracketedRoot({
    name: "normal-mixture-quantile",
    residual: (x, [u1, ...given]) => {
      const { below, logDensity } = normalMixtureAt(given as unknown as Mixture, x);
      return [sub(below, u1!), exp(logDensity)];
    },
    params: [u, ...mixture],
    ...between(mixture, neg(reach(u)), reach(sub(1, u))),
  });
}

const cdf = definePart<MixtureCdfOptions, Transformation>({
  kind: "mixture-cdf",
  options: z.object({ components: size, kernel: z.enum(kernels) }),
  build: ({ components, kernel }) => ({
    role: "transformation",
    parameters: 3 * components,
    domain: "real",
    codomain: "unit",
    searches: "inverse",
    forward(theta, x) {
      const mixture = mixtureOf(theta, components);
      if (kernel === "normal") {
        const { below, logDensity } = normalMixtureAt(mixture, x);
        return [clip(below, LOWEST, HIGHEST), logDensity];
      }
      const { logBelow, logDensity } = logisticMixtureAt(mixture, x);
      return [clip(exp(logBelow), LOWEST, HIGHEST), logDensity];
    },
    inverse(theta, u) {
      const mixture = mixtureOf(theta, components);
      const inside = clip(u, LOWEST, HIGHEST);
      if (kernel === "normal") {
        const x = normalMixtureQuantile(mixture, inside);
        return [x, neg(normalMixtureAt(mixture, x).logDensity)];
      }
      const x = logisticMixtureQuantile(mixture, sub(log(inside), log1p(neg(inside))));
      return [x, neg(logisticMixtureAt(mixture, x).logDensity)];
    },
  }),
});

/**
 * Maps x to u ∈ (0, 1) by the distribution function of a mixture, `u = Σ πₖ F((x − μₖ)/sₖ)`, log slope the mixture's
 * log-density; F logistic or normal.
 *
 * θ […, 3K] = (weights, means, log-scales): π = softmax, means within ±10 of their start and log-scales within ln 1000
 * by soft-clipping. u stays within [2⁻²⁵, 1 − 2⁻²⁴]. The inverse is searched in a bracket, with an implicit gradient.
 *
 * @see Ho et al. 2019, Flow++, for mixtures of logistics; Meng et al. 2020, Gaussianization Flows, for normal ones
 */
export const mixtureCdf = withDefaults<MixtureCdfOptions, keyof MixtureCdfOptions, Transformation>(cdf, {
  components: 8,
  kernel: "logistic",
});
