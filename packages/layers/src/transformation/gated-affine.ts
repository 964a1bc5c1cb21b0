/**
 * The affine transformation whose scale is a gate.
 *
 * @module
 */
import { add, at, definePart, exp, mul, neg, softplus, sub, type Tensor, type Transformation, z } from "@normflow/core";

/** Where the gate stands at θ = 0: σ(2) = .88. */
const OPEN = 2;

/** −ln σ(a + 2) ≥ 0. */
const stretch = (theta: Tensor): Tensor => softplus(neg(add(at(theta, -1, 1), OPEN)));

/**
 * Scales by a gate and shifts, `z = (x − t)·σ(a + 2)` on the way to the base; θ […, 2] = (t, a).
 *
 * Toward the base it only shrinks, so a density cannot be raised without limit by one layer's scale.
 *
 * @see Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions (its published code)
 */
export const gatedAffine = definePart<Record<never, never>, Transformation>({
  kind: "gated-affine",
  options: z.object({}),
  build: () => ({
    role: "transformation",
    parameters: 2,
    domain: "real",
    codomain: "real",
    forward(theta, base) {
      const logScale = stretch(theta);
      return [add(mul(base, exp(logScale)), at(theta, -1, 0)), logScale];
    },
    inverse(theta, x) {
      const logScale = neg(stretch(theta));
      return [mul(sub(x, at(theta, -1, 0)), exp(logScale)), logScale];
    },
  }),
});
