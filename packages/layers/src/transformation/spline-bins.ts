/**
 * Finding a spline's bin without a gather.
 *
 * @module
 */
import { add, cumsum, expandDims, greaterEqual, mul, pad, slice, softmax, sub, sum, type Tensor } from "@normflow/core";

/** The bin of a value among K that fill the unit interval, as masks […, K] of 0 and 1. */
export interface Bin {
  /** 1 at the bin. */
  readonly hit: Tensor;
  /** 1 at the bins that lie wholly below. */
  readonly below: Tensor;
}

/**
 * Finds the bin of `place` […] ∈ [0, 1] among bins of the given widths […, K].
 *
 * The first bin starts at exactly 0, the last takes all that rounding leaves above. The masks carry no gradient; sums
 * over them do, and have one where a gather's is slow or missing. So the edges are needed for comparing only.
 */
export function binOf(place: Tensor, widths: Tensor): Bin {
  const bins = widths.shape.at(-1) as number;
  const started = greaterEqual(expandDims(place, -1), cumsum(widths, -1, { exclusive: true }));
  const below = pad(slice(started, -1, 1, bins - 1), -1, 0, 1);
  return { hit: sub(started, below), below };
}

/** The sum of the last axis where the mask is 1. */
export const maskedSum = (mask: Tensor, values: Tensor): Tensor => sum(mul(mask, values), -1);

/** Shares of the unit interval […, K] of which none is below `least`. */
export const sharesOf = (theta: Tensor, least: number): Tensor =>
  add(least, mul(1 - (theta.shape.at(-1) as number) * least, softmax(theta, -1)));
