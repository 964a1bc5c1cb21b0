/**
 * The monotone cubic spline of scalars.
 *
 * @module
 */
import {
  add,
  clip,
  concat,
  definePart,
  div,
  log,
  min,
  mul,
  neg,
  sigmoid,
  slice,
  sub,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { bracketedRoot } from "../root/bracketed-root.ts";
import { type Bin, binOf, maskedSum, sharesOf } from "./spline-bins.ts";

/** Options of `cubicSpline`. */
export interface CubicSplineOptions {
  /** Number of bins K, at most 256; 8 unless told. */
  bins: number;
}

/** The least width and height of a bin. */
const LEAST = 1e-3;

/** σ(−ln 2) = 1/3, which makes the slope at an end that of its bin. */
const END = -Math.LN2;

/** The bins' widths and heights […, K], and their slopes at both ends. */
interface Pieces {
  readonly widths: Tensor;
  readonly heights: Tensor;
  readonly left: Tensor;
  readonly right: Tensor;
}

/** Steffen's slopes at the inner knots, which leave no cubic a turning point. */
function pieces(theta: Tensor, bins: number): Pieces {
  const [widths, heights] = [0, bins].map((at) => sharesOf(slice(theta, -1, at, bins), LEAST)) as [Tensor, Tensor];
  const chords = div(heights, widths);
  const end = (at: number, bin: number): Tensor =>
    mul(mul(3, slice(chords, -1, bin, 1)), sigmoid(add(slice(theta, -1, at, 1), END)));
  const [first, last] = [end(2 * bins, 0), end(2 * bins + 1, bins - 1)];
  const before = (v: Tensor): Tensor => slice(v, -1, 0, bins - 1);
  const after = (v: Tensor): Tensor => slice(v, -1, 1, bins - 1);
  const parabola = div(
    add(mul(before(chords), after(widths)), mul(after(chords), before(widths))),
    mul(2, add(before(widths), after(widths))),
  );
  const inner = bins === 1 ? [] : [mul(2, min(min(before(chords), after(chords)), parabola))];
  return {
    widths,
    heights,
    left: concat([first, ...inner], -1),
    right: concat([...inner, last], -1),
  };
}

/** A cubic a t + b t² + c t³ on the unit interval, and its slope. */
type Cubic = readonly [a: Tensor, b: Tensor, c: Tensor];
const valueAt = ([a, b, c]: Cubic, t: Tensor): Tensor => mul(t, add(a, mul(t, add(b, mul(t, c)))));
const slopeAt = ([a, b, c]: Cubic, t: Tensor): Tensor => add(a, mul(t, add(mul(2, b), mul(3, mul(t, c)))));

/** The cubic of a bin, in units of its width both ways, by its chord and the slopes at its ends. */
function cubicOf({ hit }: Bin, { widths, heights, left, right }: Pieces): { readonly width: Tensor; cubic: Cubic } {
  const [width, height, from, to] = [widths, heights, left, right].map((v) => maskedSum(hit, v)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const chord = div(height, width);
  const bend = sub(add(from, to), mul(2, chord));
  return { width, cubic: [from, sub(sub(chord, from), bend), bend] };
}

const spline = definePart<CubicSplineOptions, Transformation>({
  kind: "cubic-spline",
  options: z.object({ bins: z.int().check(z.gte(1), z.lte(256)) }),
  build: ({ bins }) => ({
    role: "transformation",
    parameters: 2 * bins + 2,
    domain: "unit",
    codomain: "unit",
    searches: "inverse",

    forward(theta, x) {
      const own = pieces(theta, bins);
      const inside = clip(x, 0, 1);
      const bin = binOf(inside, own.widths);
      const { width, cubic } = cubicOf(bin, own);
      const t = clip(div(sub(inside, maskedSum(bin.below, own.widths)), width), 0, 1);
      return [add(maskedSum(bin.below, own.heights), mul(width, valueAt(cubic, t))), log(slopeAt(cubic, t))];
    },
    inverse(theta, y) {
      const own = pieces(theta, bins);
      const inside = clip(y, 0, 1);
      const bin = binOf(inside, own.heights);
      const { width, cubic } = cubicOf(bin, own);
      const t = bracketedRoot({
        name: "cubic-spline",
        residual: (place, [rest, ...of]) => {
          const found = of as unknown as Cubic;
          return [sub(valueAt(found, place), rest!), slopeAt(found, place)];
        },
        params: [div(sub(inside, maskedSum(bin.below, own.heights)), width), ...cubic],
        low: mul(inside, 0),
        high: add(mul(inside, 0), 1),
      });
      return [add(maskedSum(bin.below, own.widths), mul(width, t)), neg(log(slopeAt(cubic, t)))];
    },
  }),
});

/**
 * Maps (0, 1) onto itself by monotone cubics between K + 1 knots, whose slope is continuous.
 *
 * θ […, 2K + 2] = (widths, heights, slope at either end): softmaxes above 10⁻³, and 0 to 3 times the end bin's chord; Steffen's
 * slopes between; the identity at θ = 0. The inverse is searched in its bin, with an implicit gradient.
 *
 * @see Durkan, Bekasov, Murray & Papamakarios 2019, Cubic-Spline Flows
 */
export const cubicSpline = withDefaults<CubicSplineOptions, "bins", Transformation>(spline, { bins: 8 });
