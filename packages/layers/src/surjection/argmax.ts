/**
 * The argmax surjection: categories as the largest of real numbers.
 *
 * @module
 */
import {
  add,
  amax,
  concat,
  cumsum,
  defineLayer,
  equal,
  exp,
  type Flow,
  iota,
  leading,
  log1p,
  max,
  mul,
  neg,
  oneHot,
  part,
  reshape,
  type Scope,
  select,
  size,
  softplus,
  sub,
  sum,
  type Tensor,
  z,
} from "@normflow/core";
import { checkNoise } from "./noise-flow.ts";

/** Options of `argmax`. */
export interface ArgmaxOptions {
  /** Number D of features. */
  features: number;
  /** Classes K of each. */
  categories: number;
  /** q(u | x): event [D, K], context [D·K] (x one-hot), and after these the layer's own. */
  noise: Flow;
}

/** Differences below this count as it: the largest entry stands out by what float32 can tell. */
const LEAST = 1e-5;

/** The noise flow's scope, told of the classes one-hot [..., D, K]. */
function told(scope: Scope, chosen: Tensor, { features, categories, noise }: ArgmaxOptions): Scope {
  const batch = leading(chosen.shape, 2);
  const flat = reshape(chosen, [...batch, features * categories]);
  const own = noise.context![0]! > features * categories ? scope.contextFor(batch, 1) : undefined;
  return scope.at("noise").withContext(own ? concat([flat, own], -1) : flat);
}

/** The entry that a one-hot mask marks, kept as the last axis. */
const marked = (mask: Tensor, v: Tensor): Tensor => sum(mul(mask, v), -1, true);

/** ln(e^d − 1), the inverse of softplus, for d > 0. */
const inverseSoftplus = (d: Tensor): Tensor => add(d, log1p(neg(exp(neg(d)))));

/**
 * Takes the class with the largest entry, forward `xᵢ = argmaxₖ vᵢₖ` from `[D, K]` to `[D]`; inverse draws v ~ q(v | x).
 *
 * q is the noise flow's u with all entries but the chosen one pressed below it, `vₖ = T − softplus(T − uₖ)`, `T = u_x`;
 * the log-det of the inverse is `−ln q(v | x) = −ln q(u | x) + Σ_{k≠x} ln σ(T − uₖ)`. What lies above gives a lower bound of
 * ln P(x) on average.
 *
 * @throws {ShapeError} `noise-event`, `noise-context` where the noise flow does not fit
 * @example
 * const { base, bijector } = realNVP({ features: 6, context: 6, layers: 2, hidden: [16] });
 * const noise = flow({ base, bijector: chain([bijector, reshapeEvent({ from: [6], to: [2, 3] })]) });
 * argmax({ features: 2, categories: 3, noise });
 * @see Hoogeboom et al. 2021, Argmax Flows and Multinomial Diffusion, section 3
 */
export const argmax = defineLayer({
  kind: "argmax",
  options: z.object({ features: size, categories: size, noise: part<Flow>("flow") }),
  facts: ({ features, categories, noise }: ArgmaxOptions) => ({
    base: [features, categories],
    data: [features],
    context: checkNoise("argmax", noise, {
      event: [features, categories],
      context: features * categories,
      unit: false,
    }),
    codomain: "integer",
    exact: false,
    stochastic: { inverse: true },
  }),
  params: ({ noise }) => ({ noise: noise.params }),
  state: ({ noise }) => ({ noise: noise.state }),

  forward(_, v, scope, options) {
    const largest = equal(v, amax(v, -1, true));
    // Of equal entries the first.
    const chosen = mul(largest, equal(cumsum(largest, -1, { exclusive: true }), 0));
    const x = sum(mul(chosen, iota(options.categories)), -1);
    const top = marked(chosen, v);
    const below = max(sub(top, v), LEAST);
    const gap = inverseSoftplus(select(chosen, 1, below));
    const u = select(chosen, v, sub(top, gap));
    return [x, add(options.noise.logProb(told(scope, chosen, options), u), logSlopes(chosen, gap))];
  },
  inverse(_, x, scope, options) {
    const chosen = oneHot(x, options.categories);
    const [u, logProb] = options.noise.sample(told(scope, chosen, options), leading(x.shape, 1));
    const top = marked(chosen, u);
    const gap = sub(top, u);
    const v = select(chosen, u, sub(top, max(softplus(gap), LEAST)));
    return [v, neg(add(logProb, logSlopes(chosen, gap)))];
  },
});

/** −Σ ln σ(T − uₖ) over the entries that are pressed down: what that adds to ln q. */
const logSlopes = (chosen: Tensor, gap: Tensor): Tensor => sum(mul(sub(1, chosen), softplus(neg(gap))), [-2, -1]);
