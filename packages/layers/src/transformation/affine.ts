/**
 * The affine transformation of scalars.
 *
 * @module
 */
import {
  add,
  at,
  definePart,
  div,
  exp,
  mul,
  neg,
  positive,
  sub,
  type Tensor,
  type Transformation,
  tanh,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";

/** Options of `affine`. */
export interface AffineOptions {
  /** Largest |log-scale|; 3 unless told. */
  bound: number;
}

const boundedAffine = definePart<AffineOptions, Transformation>({
  kind: "affine",
  options: z.object({ bound: positive }),
  build: ({ bound }) => {
    const split = (theta: Tensor): readonly [shift: Tensor, logScale: Tensor] => [
      at(theta, -1, 0),
      // Near 0 the log-scale is `a` itself; a network that runs away cannot overflow the scale.
      mul(bound, tanh(div(at(theta, -1, 1), bound))),
    ];
    return {
      role: "transformation",
      parameters: 2,
      domain: "real",
      codomain: "real",
      forward(theta, base) {
        const [shift, logScale] = split(theta);
        return [add(mul(base, exp(logScale)), shift), logScale];
      },
      inverse(theta, x) {
        const [shift, logScale] = split(theta);
        return [mul(sub(x, shift), exp(neg(logScale))), neg(logScale)];
      },
    };
  },
});

/**
 * Scales and shifts, `x = z·eˢ + t` with `s = bound·tanh(a/bound)`; θ […, 2] = (t, a), the identity at θ = 0.
 *
 * @see Dinh, Sohl-Dickstein & Bengio 2017, Density Estimation Using Real NVP
 */
export const affine = withDefaults<AffineOptions, "bound", Transformation>(boundedAffine, { bound: 3 });
