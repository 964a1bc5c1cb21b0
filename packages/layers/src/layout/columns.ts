/**
 * Entries of the last axis in any order.
 *
 * @module
 */
import { broadcastTo, concat, constant, gather, leading, reverse, slice, type Tensor } from "@normflow/core";

/** Above this many consecutive runs one gather is cheaper than a slice for each. */
const MOST_SLICES = 4;

/** Consecutive indices as [start, size]. */
function runsOf(indices: readonly number[]): [start: number, size: number][] {
  const runs: [number, number][] = [];
  for (const i of indices) {
    const last = runs.at(-1);
    if (last && last[0] + last[1] === i) last[1]++;
    else runs.push([i, 1]);
  }
  return runs;
}

/** y[…, k] = x[…, indices[k]]; there must be one index at least. */
export function columns(x: Tensor, indices: readonly number[]): Tensor {
  const features = x.shape.at(-1);
  if (indices.length === features && indices.every((v, i) => v === indices.length - 1 - i)) return reverse(x, [-1]);
  const runs = runsOf(indices);
  if (runs.length <= MOST_SLICES)
    return concat(
      runs.map(([start, size]) => slice(x, -1, start, size)),
      -1,
    );
  return gather(x, -1, broadcastTo(constant(indices), [...leading(x.shape, 1), indices.length]));
}
