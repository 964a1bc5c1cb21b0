/**
 * Variational dequantization: noise within the cells that is learned.
 *
 * @module
 */
import {
  add,
  clip,
  concat,
  defineLayer,
  type Flow,
  floor,
  leading,
  mul,
  neg,
  part,
  reshape,
  type Scope,
  shape,
  size,
  sub,
  type Tensor,
  z,
} from "@normflow/core";
import { CELL_END } from "../transformation/histogram-cdf.ts";
import { checkNoise } from "./noise-flow.ts";

/** Options of `variationalDequantize`. */
export interface VariationalDequantizeOptions {
  event: number[];
  /** Values are 0 … levels − 1; the noise flow is told 2 (x + ½) / levels − 1. */
  levels: number;
  /** q(u | x): event as the layer's, values in (0, 1), context [entries of the event], and after these the layer's own. */
  noise: Flow;
}

const entries = (event: readonly number[]): number => event.reduce((a, b) => a * b, 1);

/** The noise flow's scope, told of the integers x. */
function told(scope: Scope, x: Tensor, { event, levels, noise }: VariationalDequantizeOptions): Scope {
  const batch = leading(x.shape, event.length);
  const flat = reshape(sub(mul(add(x, 0.5), 2 / levels), 1), [...batch, entries(event)]);
  const own = noise.context![0]! > entries(event) ? scope.contextFor(batch, 1) : undefined;
  return scope.at("noise").withContext(own ? concat([flat, own], -1) : flat);
}

/**
 * Spreads integers over their cells by learned noise: inverse `y = x + u` with u ~ q(u | x) and log-det `−ln q(u | x)`,
 * forward `x = ⌊y⌋`.
 *
 * ln p(y) − ln q(u | x) is on average a lower bound of ln P(x), the tighter the nearer q comes to p(y | x); with uniform q
 * it is that of `uniformDequantize`. Noise at the very edge of a cell is moved inside by 2⁻²⁴.
 *
 * @throws {ShapeError} `noise-event`, `noise-context`, `noise-domain` where the noise flow does not fit
 * @example
 * const { base, bijector } = realNVP({ features: 4, context: 4, layers: 2, hidden: [16] });
 * const noise = flow({ base, bijector: chain([bijector, normalCdf({ event: [4] })]) });
 * variationalDequantize({ event: [4], levels: 17, noise });
 * @see Ho et al. 2019, Flow++: Improving Flow-Based Generative Models with Variational Dequantization, section 3.1
 */
export const variationalDequantize = defineLayer({
  kind: "variational-dequantize",
  options: z.object({ event: shape, levels: size, noise: part<Flow>("flow") }),
  facts: ({ event, noise }: VariationalDequantizeOptions) => ({
    event,
    context: checkNoise("variational-dequantize", noise, { event, context: entries(event), unit: true }),
    codomain: "integer",
    exact: false,
    stochastic: { inverse: true },
  }),
  params: ({ noise }) => ({ noise: noise.params }),
  state: ({ noise }) => ({ noise: noise.state }),

  forward(_, y, scope, options) {
    const x = floor(y);
    const u = clip(sub(y, x), 2 ** -24, CELL_END);
    return [x, options.noise.logProb(told(scope, x, options), u)];
  },
  inverse(_, x, scope, options) {
    const [u, logProb] = options.noise.sample(told(scope, x, options), leading(x.shape, options.event.length));
    return [add(x, clip(u, 2 ** -24, CELL_END)), neg(logProb)];
  },
});
