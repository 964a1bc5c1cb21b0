/**
 * The hyperbolic tangent.
 *
 * @module
 */
import {
  add,
  clip,
  defineLayer,
  log1p,
  mul,
  neg,
  shape,
  softplus,
  sub,
  type Tensor,
  tanh as tanhOf,
  z,
} from "@normflow/core";
import { sumEvent } from "../layout/sum-event.ts";

/** The float32 number below 1: at 1 itself the inverse is infinite. */
const HIGHEST = 1 - 2 ** -24;

/** ln(1 − tanh² z) = 2 (ln 2 − z − ln(1 + e^{−2z})), which does not vanish where tanh rounds to 1. */
const logSlope = (base: Tensor): Tensor => mul(2, sub(sub(Math.LN2, base), softplus(mul(-2, base))));

/**
 * Squashes each entry into (−1, 1), `x = tanh z`, log-det `Σ ln(1 − tanh² z)`.
 *
 * The inverse cuts x at ±(1 − 2⁻²⁴), so |z| ≤ 8.66 comes back.
 */
export const tanh = defineLayer({
  kind: "tanh",
  options: z.object({ event: shape }),
  facts: ({ event }) => ({ event, codomain: "interval", monotone: 1 }),
  forward: (_, base, __, { event }) => [tanhOf(base), sumEvent(logSlope(base), event.length)],
  inverse(_, x, __, { event }) {
    const inside = clip(x, -HIGHEST, HIGHEST);
    const base = mul(0.5, add(log1p(inside), neg(log1p(neg(inside)))));
    return [base, neg(sumEvent(logSlope(base), event.length))];
  },
});
