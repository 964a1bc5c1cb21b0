/**
 * The piecewise linear transformation of histograms.
 *
 * @module
 */
import {
  add,
  amax,
  clip,
  cumsum,
  definePart,
  div,
  expandDims,
  floor as floorOf,
  greater,
  iota,
  lessEqual,
  log,
  max,
  mul,
  neg,
  oneHot,
  select,
  softmax,
  sub,
  sum,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";

/** A class whose θ is at or below this does not exist; a value in it has this log-probability. */
export const NO_CLASS = -1e8;

/** The largest place within a cell: bin + place stays below bin + 1 in float32 for up to 256 bins. */
export const CELL_END = 1 - 2 ** -16;

/** Options of `histogramCdf`. */
export interface HistogramCdfOptions {
  /** Number of unit-wide cells K, at most 256 (the limit of `CELL_END`). */
  bins: number;
  /** Share ε of probability spread evenly over the classes that exist; 2e-3 unless told. */
  floor: number;
}

/** Pₖ = (1 − ε) softmax(θ)ₖ + ε/K over the classes that exist, exactly 0 for the others. */
function probabilities(theta: Tensor, floor: number): Tensor {
  const allowed = greater(theta, NO_CLASS);
  const share = div(floor, max(sum(allowed, -1, true), 1));
  return add(mul(1 - floor, softmax(theta, -1)), mul(allowed, share));
}

/** The entry of the last axis that a one-hot mask marks; a mask sum, since gathers are slow to differentiate. */
const pick = (mask: Tensor, x: Tensor): Tensor => sum(mul(mask, x), -1);

/** ln p, and `NO_CLASS` for p = 0, with no infinite gradient there. */
function logWidth(p: Tensor): Tensor {
  const exists = greater(p, 0);
  return select(exists, log(select(exists, p, 1)), NO_CLASS);
}

const histogram = definePart<HistogramCdfOptions, Transformation>({
  kind: "histogram-cdf",
  options: z.object({
    bins: z.int().check(z.gte(1), z.lte(256)),
    floor: z.number().check(z.gte(0), z.lt(1)),
  }),
  build: ({ bins, floor }) => ({
    role: "transformation",
    parameters: bins,
    domain: "interval",
    codomain: "unit",

    forward(theta, x) {
      const p = probabilities(theta, floor);
      const inside = clip(x, 0, bins - 1 + CELL_END);
      const bin = floorOf(inside);
      const hit = oneHot(bin, bins);
      const width = pick(hit, p);
      const below = pick(hit, cumsum(p, -1, { exclusive: true }));
      return [add(below, mul(sub(inside, bin), width)), logWidth(width)];
    },
    inverse(theta, u) {
      const p = probabilities(theta, floor);
      const lower = cumsum(p, -1, { exclusive: true });
      const inside = clip(u, 0, 1);
      // The last cell of positive width that starts at or below u: rounding of the sum to more or less than 1 cannot
      // lead past the last class, nor into one that does not exist.
      const starts = mul(lessEqual(lower, expandDims(inside, -1)), greater(p, 0));
      const cell = amax(mul(starts, iota(bins)), -1);
      const hit = oneHot(cell, bins);
      const width = pick(hit, p);
      const place = div(sub(inside, pick(hit, lower)), width);
      return [add(cell, clip(place, 0, CELL_END)), neg(logWidth(width))];
    },
  }),
});

/**
 * Maps x ∈ [0, bins) to u ∈ (0, 1) by the CDF of a histogram on unit-wide cells,
 * `u = Σ_{k<b} Pₖ + (x − b)·P_b`, b = ⌊x⌋, `P = (1 − ε)·softmax(θ) + ε/K`, log slope `ln P_b`.
 *
 * θ […, bins]; a class with θ ≤ −1e8 does not exist: its cell has width exactly 0, K counts the others (there must be
 * one at least), and a value in it costs 1e8 nats. The inverse, at any u from 0 to 1, never leaves the cells that exist
 * and ends at most at ⌊x⌋ + 1 − 2⁻¹⁶, so that float32 does not round into the next cell.
 *
 * @see Nielsen & Winther 2020, Closing the Dequantization Gap: PixelCNN as a Single-Layer Flow
 * @see Müller et al. 2019, Neural Importance Sampling, for the piecewise linear map
 */
export const histogramCdf = withDefaults<HistogramCdfOptions, "floor", Transformation>(histogram, { floor: 2e-3 });
