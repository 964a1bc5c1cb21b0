/**
 * The quadratic spline of scalars.
 *
 * @module
 */
import {
  add,
  clip,
  definePart,
  div,
  log,
  mul,
  neg,
  slice,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { binOf, maskedSum, sharesOf } from "./spline-bins.ts";

/** Options of `quadraticSpline`. */
export interface QuadraticSplineOptions {
  /** Number of bins K, at most 256; 8 unless told. */
  bins: number;
}

/** The least width of a bin, and the least density at a knot. */
const LEAST = 1e-3;

/** Widths [K] of the bins, the density at their left and right ends, and the mass within each. */
interface Pieces {
  readonly widths: Tensor;
  readonly left: Tensor;
  readonly right: Tensor;
  readonly mass: Tensor;
}

function pieces(theta: Tensor, bins: number): Pieces {
  const widths = sharesOf(slice(theta, -1, 0, bins), LEAST);
  const raw = add(softplus(slice(theta, -1, bins, bins + 1)), LEAST);
  const massOf = (heights: Tensor): Tensor =>
    mul(0.5, mul(widths, add(slice(heights, -1, 0, bins), slice(heights, -1, 1, bins))));
  const heights = add(LEAST, mul(1 - LEAST, div(raw, sum(massOf(raw), -1, true))));
  return { widths, left: slice(heights, -1, 0, bins), right: slice(heights, -1, 1, bins), mass: massOf(heights) };
}

const spline = definePart<QuadraticSplineOptions, Transformation>({
  kind: "quadratic-spline",
  options: z.object({ bins: z.int().check(z.gte(1), z.lte(256)) }),
  build: ({ bins }) => ({
    role: "transformation",
    parameters: 2 * bins + 1,
    domain: "unit",
    codomain: "unit",

    forward(theta, x) {
      const { widths, left, right, mass } = pieces(theta, bins);
      const inside = clip(x, 0, 1);
      const { hit, below } = binOf(inside, widths);
      const [width, from, to] = [widths, left, right].map((v) => maskedSum(hit, v)) as [Tensor, Tensor, Tensor];
      const t = clip(div(sub(inside, maskedSum(below, widths)), width), 0, 1);
      const rise = sub(to, from);
      const y = add(maskedSum(below, mass), mul(mul(width, t), add(from, mul(mul(0.5, rise), t))));
      return [y, log(add(from, mul(rise, t)))];
    },
    inverse(theta, y) {
      const { widths, left, right, mass } = pieces(theta, bins);
      const inside = clip(y, 0, 1);
      const { hit, below } = binOf(inside, mass);
      const [width, from, to] = [widths, left, right].map((v) => maskedSum(hit, v)) as [Tensor, Tensor, Tensor];
      const rest = clip(div(sub(inside, maskedSum(below, mass)), width), 0, mul(0.5, add(from, to)));
      // The density at the root, squared; between the squares of the two ends.
      const density = sqrt(add(square(from), mul(2, mul(sub(to, from), rest))));
      const t = div(mul(2, rest), add(from, density));
      return [add(maskedSum(below, widths), mul(width, t)), neg(log(density))];
    },
  }),
});

/**
 * Maps (0, 1) onto itself by the CDF of a density that is linear between K + 1 knots, log slope its logarithm.
 *
 * θ […, 2K + 1] = (widths, densities at the knots), a softmax and a softplus scaled to mass 1, both above 10⁻³; the identity
 * at θ = 0. Either direction is a formula.
 *
 * @see Müller, McWilliams, Rousselle, Gross & Novák 2019, Neural Importance Sampling
 */
export const quadraticSpline = withDefaults<QuadraticSplineOptions, "bins", Transformation>(spline, { bins: 8 });
