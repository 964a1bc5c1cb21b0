/**
 * The one bend of planar and Sylvester flows, and the equation that inverts it.
 *
 * @module
 */
import { abs, add, div, greater, log, mul, select, square, sub, type Tensor, tanh } from "@normflow/core";
import { bracketedRoot } from "../root/bracketed-root.ts";

/** The bend h(t) and its derivative: tanh, or a leaky ReLU. */
export function bend(t: Tensor, leak: number | undefined): { readonly h: Tensor; readonly dh: Tensor } {
  if (leak === undefined) {
    const h = tanh(t);
    return { h, dh: sub(1, square(h)) };
  }
  const dh = select(greater(t, 0), 1, leak);
  return { h: mul(t, dh), dh };
}

/** ln (1 + c h′) as ln((1 − h′) + slope h′) with slope = 1 + c, a sum of positive terms. */
export const logDeterminant = (slope: Tensor, dh: Tensor): Tensor => log(add(sub(1, dh), mul(slope, dh)));

/** The root t of t + c h(t) = r for c > −1. */
export function bendRoot(c: Tensor, r: Tensor, leak: number | undefined): Tensor {
  // A leaky ReLU keeps the sign of t, so that r tells the piece.
  if (leak !== undefined) return div(r, add(1, mul(c, bend(r, leak).dh)));
  const span = abs(c);
  return bracketedRoot({
    name: "bend-root",
    residual: (t, [c1, r1]) => {
      const { h, dh } = bend(t, leak);
      return [sub(add(t, mul(c1!, h)), r1!), add(1, mul(c1!, dh))];
    },
    params: [c, r],
    low: sub(r, span),
    high: add(r, span),
  });
}
