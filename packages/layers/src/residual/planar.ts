/**
 * Planar flows.
 *
 * @module
 */
import {
  abs,
  add,
  defineLayer,
  div,
  dot,
  expandDims,
  greater,
  log,
  max,
  mul,
  neg,
  normalInit,
  select,
  size,
  softplus,
  square,
  sub,
  type Tensor,
  tanh,
  zeros,
} from "@normflow/core";
import * as z from "zod/mini";
import { bracketedRoot } from "../root/bracketed-root.ts";

/** w·û stays this far above −1, the least slope along w: what is flatter has no inverse in float32. */
const LEAST_SLOPE = 1e-4;

/** |w|² up to this counts as 0. */
const TINY = 1e-30;

/** û = u + (m(w·u) − w·u) w/|w|² with m(a) = −1 + softplus(a), and slope = 1 + w·û = softplus(w·u) > 0. */
function invertible(u: Tensor, w: Tensor): { readonly û: Tensor; readonly slope: Tensor } {
  const wu = dot(w, u);
  const w2 = dot(w, w);
  // At w = 0 there is no direction to move along, and nothing bends: slope 1.
  const slope = select(greater(w2, TINY), add(softplus(wu), LEAST_SLOPE), 1);
  const û = add(u, mul(sub(sub(slope, 1), wu), div(w, max(w2, TINY))));
  return { û, slope };
}

/** ln |1 + w·û (1 − h²)| as ln(h² + slope (1 − h²)), a sum of positive terms. */
const logDeterminant = (slope: Tensor, h: Tensor): Tensor => {
  const h2 = square(h);
  return log(add(h2, mul(slope, sub(1, h2))));
};

/** The root t of t + c tanh t = r for c > −1, which lies within |c| of r. */
function solve(c: Tensor, r: Tensor): Tensor {
  const span = abs(c);
  return bracketedRoot({
    name: "planar-root",
    residual: (t, [c1, r1]) => {
      const h = tanh(t);
      return [sub(add(t, mul(c1!, h)), r1!), add(1, mul(c1!, sub(1, square(h))))];
    },
    params: [c, r],
    low: sub(r, span),
    high: add(r, span),
  });
}

/** x moved along û by each event's amount. */
const along = (û: Tensor, amount: Tensor): Tensor => mul(û, expandDims(amount, -1));

/**
 * Pushes space along one direction, `x = z + û tanh(w·z + b)`, event `[features]`, log-det `ln(1 + w·û (1 − tanh²))`.
 *
 * û is `u` moved along `w` until w·û > −1, which is what keeps the map invertible (by 10⁻⁴, so that float32 can follow).
 * Forward is one pass; inverse finds one scalar per event in a bracket, and has an exact gradient.
 *
 * @see Rezende & Mohamed 2015, Variational Inference with Normalizing Flows, eq. 10–12, appendix A.1
 * @example chain([planar({ features: 2 }), planar({ features: 2 })])
 */
export const planar = defineLayer({
  kind: "planar",
  options: z.strictObject({ features: size }),
  facts: ({ features }) => ({ event: [features], inverse: { search: true } }),
  params: ({ features }) => ({ u: normalInit([features], 0.1), w: normalInit([features], 0.1), b: zeros([]) }),

  forward({ u, w, b }, base) {
    const { û, slope } = invertible(u, w);
    const h = tanh(add(dot(base, w), b));
    return [add(base, along(û, h)), logDeterminant(slope, h)];
  },
  inverse({ u, w, b }, x) {
    const { û, slope } = invertible(u, w);
    // With t = w·z + b, the equation along w is t + w·û tanh t = w·x + b.
    const h = tanh(solve(sub(slope, 1), add(dot(x, w), b)));
    return [sub(x, along(û, h)), neg(logDeterminant(slope, h))];
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
  const wu = Math.log(Math.expm1(slope));
  const w2 = w.reduce((total, v) => total + v * v, 0);
  return û.map((v, i) => v + ((wu - wû) * w[i]!) / w2);
}
