/**
 * How a morph moves: how far in all, and how far at once.
 *
 * @module
 */
import { OptionError } from "@normflow/core";
import { GRID_STEPS, type Grid, gridKey, hamming } from "../grid/grid.ts";

function stepsOf(path: readonly Grid[]): number[] {
  if (path.length < 2)
    throw new OptionError("path", `A path has 2 melodies or more, not ${path.length}.`, {
      hint: "Give both ends, and what lies between.",
    });
  return path.slice(1).map((grid, i) => hamming(grid, path[i]!));
}

/**
 * Returns the length of a path over the distance of its ends, in differing steps: 1 for the straightest.
 *
 * Infinity for a path that leaves and comes back to where it was.
 * @throws OptionError `path` when there are fewer than two melodies
 */
export function pathOverEnds(path: readonly Grid[]): number {
  const length = stepsOf(path).reduce((sum, step) => sum + step, 0);
  return length === 0 ? 1 : length / hamming(path[0]!, path.at(-1)!);
}

/**
 * Returns the largest share, 0 to 1, of the 32 steps that changes between neighbours of a path.
 * @throws OptionError `path` when there are fewer than two melodies
 */
export const largestStep = (path: readonly Grid[]): number => Math.max(...stepsOf(path)) / GRID_STEPS;

/** Counts the distinct melodies of a path. */
export const distinctMelodies = (path: readonly Grid[]): number => new Set(path.map(gridKey)).size;
