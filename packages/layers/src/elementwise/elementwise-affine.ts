/**
 * A learned scale and shift of each entry.
 *
 * @module
 */
import { add, defineLayer, exp, mul, neg, shape, sub, sum, z, zeros } from "@normflow/core";

/**
 * Scales and shifts each entry by learned numbers, `x = z·eˢ + t`, log-det `Σ s`; the identity at the start.
 *
 * @example elementwiseAffine({ event: [3] })
 */
export const elementwiseAffine = defineLayer({
  kind: "elementwise-affine",
  options: z.object({ event: shape }),
  facts: ({ event }) => ({ event, monotone: 1, constantLogDet: true }),
  params: ({ event }) => ({ shift: zeros(event), logScale: zeros(event) }),
  forward: ({ shift, logScale }, base) => [add(mul(base, exp(logScale)), shift), sum(logScale)],
  inverse: ({ shift, logScale }, x) => [mul(sub(x, shift), exp(neg(logScale))), neg(sum(logScale))],
});
