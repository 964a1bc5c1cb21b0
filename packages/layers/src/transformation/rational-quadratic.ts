/**
 * The rational-quadratic spline of scalars.
 *
 * @module
 */
import {
  abs,
  add,
  clip,
  concat,
  definePart,
  div,
  exp,
  expandDims,
  floor,
  greaterEqual,
  leading,
  less,
  log,
  mul,
  neg,
  pad,
  positive,
  reshape,
  select,
  slice,
  softmax,
  sqrt,
  square,
  squeezeAxis,
  sub,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { softClip } from "./soft-clip.ts";
import { binOf, maskedSum } from "./spline-bins.ts";

const tailKinds = ["none", "identity", "sloped", "circular"] as const;

/** What a spline does beyond its bins. */
export type Tails = (typeof tailKinds)[number];

/** Options of `rationalQuadratic`. */
export interface RationalQuadraticOptions {
  /** Number of bins K; 8 unless told. */
  bins: number;
  /** What lies beyond ±bound; identity unless told. */
  tails: Tails;
  /** The bins span [−bound, bound], or [0, 1] without tails; 5 unless told. */
  bound: number;
  /**
   * Slopes at the knots lie between this and its reciprocal, and so do the ratios of widths and of heights; 1e-3 unless
   * told.
   */
  leastSlope: number;
}

/** One bin of a spline, with its slopes at both ends; places and sizes in units of the whole span. */
interface Segment {
  readonly left: Tensor;
  readonly width: Tensor;
  readonly bottom: Tensor;
  readonly height: Tensor;
  /** Slopes at the left and the right knot. */
  readonly slopes: readonly [Tensor, Tensor];
}

/** How many slopes θ gives: the inner knots, both ends, or one for both. */
const slopesOf = (bins: number, tails: Tails): number => {
  switch (tails) {
    case "identity":
      return bins - 1;
    case "circular":
      return bins;
    case "none":
    case "sloped":
      return bins + 1;
    default:
      return tails satisfies never;
  }
};

/** One entry of the last axis. */
const entry = (x: Tensor, i: number): Tensor => squeezeAxis(slice(x, -1, i, 1), -1);

/** The log slope of a segment at ξ and 1 − ξ; every term of both sums is positive, so no argument rounds to 0. */
function logSlopeAt({ width, height, slopes: [d0, d1] }: Segment, ξ: Tensor, rest: Tensor): Tensor {
  const s = div(height, width);
  const cross = mul(ξ, rest);
  const [ξ2, rest2] = [square(ξ), square(rest)];
  const above = add(add(mul(d1, ξ2), mul(mul(2, s), cross)), mul(d0, rest2));
  const below = add(mul(s, add(ξ2, rest2)), mul(add(d0, d1), cross));
  return add(log(above), mul(2, log(div(s, below))));
}

/** y = bottom + height (s ξ² + d₀ ξ(1 − ξ)) / (s (ξ² + (1 − ξ)²) + (d₀ + d₁) ξ(1 − ξ)), s = height / width. */
function climb(segment: Segment, x: Tensor): readonly [y: Tensor, logSlope: Tensor] {
  const { left, width, bottom, height, slopes } = segment;
  const [d0, d1] = slopes;
  const s = div(height, width);
  // The last bin also takes what rounding of the sum of widths leaves above it.
  const ξ = clip(div(sub(x, left), width), 0, 1);
  const rest = sub(1, ξ);
  const cross = mul(ξ, rest);
  const above = add(mul(s, square(ξ)), mul(d0, cross));
  const below = add(mul(s, add(square(ξ), square(rest))), mul(add(d0, d1), cross));
  return [add(bottom, div(mul(height, above), below)), logSlopeAt(segment, ξ, rest)];
}

/**
 * The way back: ξ is a root of a quadratic. With η = (y − bottom) / height and u = d₀(1 − η) − d₁η, its discriminant is
 * r² = u² + 4s²η(1 − η), a sum of what is not negative, and 0 nowhere, since slopes are positive. The root is
 * ξ : (1 − ξ) = 2sη : (r + u) = (r − u) : 2s(1 − η); the form is taken whose r ± u does not cancel.
 */
function descend(segment: Segment, y: Tensor): readonly [x: Tensor, logSlope: Tensor] {
  const { left, width, bottom, height, slopes } = segment;
  const [d0, d1] = slopes;
  const twice = mul(2, div(height, width));
  const η = clip(div(sub(y, bottom), height), 0, 1);
  const over = sub(1, η);
  const u = sub(mul(d0, over), mul(d1, η));
  const r = sqrt(add(square(u), mul(square(twice), mul(η, over))));
  const rising = greaterEqual(u, 0);
  const sum = add(r, mul(u, sub(mul(2, rising), 1)));
  const part = select(rising, mul(twice, η), sum);
  const other = select(rising, sum, mul(twice, over));
  const whole = add(part, other);
  const [ξ, rest] = [div(part, whole), div(other, whole)];
  return [add(left, mul(width, ξ)), neg(logSlopeAt(segment, ξ, rest))];
}

const spline = definePart<RationalQuadraticOptions, Transformation>({
  kind: "rational-quadratic",
  options: z.object({
    bins: z.int().check(z.gte(2), z.lte(1024)),
    tails: z.enum(tailKinds),
    bound: positive,
    leastSlope: z.number().check(z.gte(1e-12), z.lt(1)),
  }),
  build: ({ bins, tails, bound, leastSlope }) => {
    const slopes = slopesOf(bins, tails);
    const limit = -Math.log(leastSlope);
    const [low, span] = tails === "none" ? [0, 1] : [-bound, 2 * bound];
    const within = (x: Tensor): Tensor => clip(x, low, low + span);
    const wrapped = (x: Tensor): Tensor => sub(x, mul(span, floor(mul(sub(x, low), 1 / span))));

    /** Raw slopes at the left and at the right ends of all bins, […, K] each; raw 0 is slope 1. */
    const ends = (raw: Tensor): readonly [Tensor, Tensor] => {
      switch (tails) {
        case "identity":
          return [pad(raw, -1, 1, 0), pad(raw, -1, 0, 1)];
        case "circular":
          return [raw, concat([slice(raw, -1, 1, bins - 1), slice(raw, -1, 0, 1)], -1)];
        case "none":
        case "sloped":
          return [slice(raw, -1, 0, bins), slice(raw, -1, 1, bins)];
        default:
          return tails satisfies never;
      }
    };

    /** The segment that holds a place of [0, 1] on the side of the widths (0) or of the heights (1). */
    const segmentAt = (theta: Tensor, place: Tensor, side: 0 | 1): Segment => {
      const batch = leading(theta.shape, 1);
      const raw = reshape(slice(theta, -1, 0, 2 * bins), [...batch, 2, bins]);
      const sizes = softmax(softClip(raw, limit / 2), -1);
      const { hit, below } = binOf(place, squeezeAxis(slice(sizes, -2, side, 1), -2));
      const starts = maskedSum(expandDims(below, -2), sizes);
      const extents = maskedSum(expandDims(hit, -2), sizes);
      const [first, second] = ends(slice(theta, -1, 2 * bins, slopes)).map((values) =>
        exp(softClip(maskedSum(hit, values), limit)),
      ) as [Tensor, Tensor];
      return {
        left: entry(starts, 0),
        width: entry(extents, 0),
        bottom: entry(starts, 1),
        height: entry(extents, 1),
        slopes: [first, second],
      };
    };

    const map = (theta: Tensor, value: Tensor, side: 0 | 1): readonly [Tensor, Tensor] => {
      const inside = within(value);
      const place = mul(sub(inside, low), 1 / span);
      const segment = segmentAt(theta, place, side);
      const [moved, logSlope] = side === 0 ? climb(segment, place) : descend(segment, place);
      const result = add(low, mul(span, moved));
      switch (tails) {
        case "none":
        case "circular":
          return [result, logSlope];
        case "identity": {
          const outside = less(bound, abs(value));
          return [select(outside, value, result), select(outside, 0, logSlope)];
        }
        case "sloped": {
          const [d0, d1] = segment.slopes;
          const slope = select(less(value, 0), d0, d1);
          const excess = sub(value, inside);
          return [add(result, side === 0 ? mul(excess, slope) : div(excess, slope)), logSlope];
        }
        default:
          return tails satisfies never;
      }
    };

    const domain = tails === "none" ? "unit" : "real";
    const shared = { role: "transformation", domain, codomain: domain } as const;
    if (tails !== "circular")
      return {
        ...shared,
        parameters: 2 * bins + slopes,
        forward: (theta, x) => map(theta, x, 0),
        inverse: (theta, y) => map(theta, y, 1),
      };
    // A circle has no end that must stay where it is: the last parameter turns what the spline gives.
    const phase = (theta: Tensor): Tensor => mul(bound / Math.PI, entry(theta, 3 * bins));
    return {
      ...shared,
      parameters: 3 * bins + 1,
      forward(theta, x) {
        const [y, logSlope] = map(theta, wrapped(x), 0);
        return [wrapped(add(y, phase(theta))), logSlope];
      },
      inverse: (theta, y) => map(theta, wrapped(sub(wrapped(y), phase(theta))), 1),
    };
  },
});

/**
 * Maps by a monotone spline of K rational-quadratic pieces: with ξ the place within a bin, s = height / width and d₀, d₁
 * the slopes at its ends, `x = bottom + height (s ξ² + d₀ ξ(1 − ξ)) / (s + (d₀ + d₁ − 2s) ξ(1 − ξ))`.
 *
 * θ […, P] = (widths, heights, slopes), unconstrained, the identity at θ = 0. Each is soft-clipped first,
 * `a / (1 + |a| / L)`: widths and heights are 2·bound·softmax with L = −½ ln leastSlope, slopes the exponential with
 * L = −ln leastSlope. Beyond ±bound, by `tails`:
 * - `identity`: P = 3K − 1, end slopes 1, and the map is the identity there;
 * - `sloped`: P = 3K + 1, straight on with the learned end slopes;
 * - `circular`: P = 3K + 1, −bound and bound are one place; what lies beyond is wrapped, and the last parameter turns
 *   the circle (by θ radians of a full turn 2π);
 * - `none`: P = 3K + 1, on [0, 1]; what lies beyond comes back at the edge.
 *
 * Gradients are finite everywhere, knots and edges included.
 *
 * @throws {OptionError} for fewer than 2 bins
 * @see Durkan, Bekasov, Murray & Papamakarios 2019, Neural Spline Flows; Gregory & Delbourgo 1982
 * @see Rezende et al. 2020, Normalizing Flows on Tori and Spheres, for the circular spline
 */
export const rationalQuadratic = withDefaults<RationalQuadraticOptions, keyof RationalQuadraticOptions, Transformation>(
  spline,
  { bins: 8, tails: "identity", bound: 5, leastSlope: 1e-3 },
);
