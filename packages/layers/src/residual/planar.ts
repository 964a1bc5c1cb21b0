/**
 * Planar flows.
 *
 * @module
 */
import {
  add,
  defineLayer,
  div,
  dot,
  expandDims,
  greater,
  max,
  mul,
  neg,
  normalInit,
  rootFinding,
  select,
  size,
  softplus,
  sub,
  type Tensor,
  z,
  zeros,
} from "@normflow/core";
import { bend, bendRoot, logDeterminant } from "./bend.ts";
import { type ContextOptions, contextOptions, contextParameters, movedByContext } from "./context-moves.ts";

/** w·û stays this far above −1, the least slope along w: what is flatter has no inverse in float32. */
const LEAST_SLOPE = 1e-4;

/** |w|² up to this counts as 0. */
const TINY = 1e-30;

/** A direction times each event's amount. */
const along = (direction: Tensor, amount: Tensor): Tensor => mul(direction, expandDims(amount, -1));

/** softplus(a + START) is 1 − LEAST_SLOPE at a = 0. */
const START = Math.log(Math.expm1(1 - LEAST_SLOPE));

/** û = u + (m(w·u) − w·u) w/|w|² with m(a) = softplus(a + START) + LEAST_SLOPE − 1, and slope = 1 + w·û > 0. */
function invertible(u: Tensor, w: Tensor): { readonly û: Tensor; readonly slope: Tensor } {
  const wu = dot(w, u);
  const w2 = dot(w, w);
  // At w = 0 there is no direction to move along, and nothing bends: slope 1.
  const slope = select(greater(w2, TINY), add(softplus(add(wu, START)), LEAST_SLOPE), 1);
  const û = add(u, along(w, div(sub(sub(slope, 1), wu), max(w2, TINY))));
  return { û, slope };
}

/** Options of `planar`. */
export interface PlanarOptions extends ContextOptions {
  features: number;
  /** Slope below 0 of a leaky ReLU, which then bends in place of tanh; from 0 (not included) to 1. */
  leak?: number | undefined;
}

/**
 * Pushes space along one direction, `x = z + û h(w·z + b)`, event `[features]`, log-det `ln(1 + w·û h′)`; h is tanh.
 *
 * û is `u` moved along `w` until w·û > −1, which is what keeps the map invertible (by 10⁻⁴, so that float32 can follow);
 * u = 0 stays 0. A context moves u, w and b by a perceptron. Forward is one pass; inverse finds one scalar per event in a
 * bracket, and has an exact gradient.
 *
 * @see Rezende & Mohamed 2015, Variational Inference with Normalizing Flows, eq. 10–12, appendix A.1
 * @example chain([planar({ features: 2 }), planar({ features: 2 })])
 */
export const planar = defineLayer({
  kind: "planar",
  options: z.object({
    features: size,
    leak: z.optional(z.number().check(z.gt(0), z.lte(1))),
    ...contextOptions,
  }),
  facts: ({ features, leak, context }: PlanarOptions) => ({
    event: [features],
    context: context === undefined ? undefined : [context],
    ...(leak === undefined && { inverse: rootFinding }),
  }),
  params: (options) => ({
    u: normalInit([options.features], 0.1),
    w: normalInit([options.features], 0.1),
    b: zeros([]),
    network: contextParameters(options, 2 * options.features + 1),
  }),

  forward({ u: u0, w: w0, b: b0 }, base, scope, options) {
    const { u, w, b } = movedByContext({ u: u0, w: w0, b: b0 }, base, scope, options);
    const { û, slope } = invertible(u, w);
    const { h, dh } = bend(add(dot(base, w), b), options.leak);
    return [add(base, along(û, h)), logDeterminant(slope, dh)];
  },
  inverse({ u: u0, w: w0, b: b0 }, x, scope, options) {
    const { u, w, b } = movedByContext({ u: u0, w: w0, b: b0 }, x, scope, options);
    const { û, slope } = invertible(u, w);
    // With t = w·z + b, the equation along w is t + w·û h(t) = w·x + b.
    const t = bendRoot(sub(slope, 1), add(dot(x, w), b), options.leak);
    const { h, dh } = bend(t, options.leak);
    return [sub(x, along(û, h)), neg(logDeterminant(slope, dh))];
  },
});

/**
 * The `u` that makes the layer move along a given û, for weights from elsewhere: w·û > −1 + 10⁻⁴.
 *
 * @returns undefined where no u does, since the map has no inverse
 */
export function planarDirection(û: readonly number[], w: readonly number[]): number[] | undefined {
  const wû = w.reduce((total, v, i) => total + v * û[i]!, 0);
  const slope = 1 + wû - LEAST_SLOPE;
  if (slope <= 0) return undefined;
  const wu = Math.log(Math.expm1(slope)) - START;
  const w2 = w.reduce((total, v) => total + v * v, 0);
  return û.map((v, i) => v + ((wu - wû) * w[i]!) / w2);
}
