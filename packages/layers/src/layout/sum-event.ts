/**
 * Sums over the axes of an event.
 *
 * @module
 */
import { sum, type Tensor } from "@normflow/core";

/** Sums the last `rank` axes: […batch, …event] → […batch]. */
export const sumEvent = (x: Tensor, rank: number): Tensor =>
  rank === 0
    ? x
    : sum(
        x,
        Array.from({ length: rank }, (_, i) => -1 - i),
      );
