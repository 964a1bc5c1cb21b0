/**
 * How many melodies of a set are copies, or nearly so, of melodies that trained a model.
 *
 * @module
 */
import { GRID_STEPS, type Grid, gridKey } from "../grid/grid.ts";

/** Returns the share, 0 to 1, of samples that equal a training melody. */
export function copies(samples: readonly Grid[], training: readonly Grid[]): number {
  const known = new Set(training.map(gridKey));
  return samples.length === 0 ? 0 : samples.filter((grid) => known.has(gridKey(grid))).length / samples.length;
}

/** Returns the share, 0 to 1, of samples that differ from some training melody in at most so many steps, copies included. */
export function nearCopies(samples: readonly Grid[], training: readonly Grid[], steps = 2): number {
  // One flat array, and each comparison given up at once: millions of pairs take a fraction of a second.
  const flat = new Int8Array(training.length * GRID_STEPS);
  training.forEach((grid, i) => void flat.set(grid, i * GRID_STEPS));
  const isNear = (grid: Int8Array): boolean => {
    for (let from = 0; from < flat.length; from += GRID_STEPS) {
      let differing = 0;
      for (let t = 0; t < GRID_STEPS && differing <= steps; t++) if (flat[from + t] !== grid[t]) differing++;
      if (differing <= steps) return true;
    }
    return false;
  };
  return samples.length === 0 ? 0 : samples.filter((grid) => isNear(Int8Array.from(grid))).length / samples.length;
}
