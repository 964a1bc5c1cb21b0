/**
 * Folding: notes outside the range of the grid moved into it by octaves, without loss.
 *
 * @module
 */
import { OptionError } from "@normflow/core";
import { fromNotes, GRID_HIGHEST, GRID_LOWEST, type Grid, type GridNote, toNotes } from "./grid.ts";

/** A grid and, for each of its notes, the octaves to add to get back the pitch it had; 0 for most. */
export interface Folded {
  readonly grid: Grid;
  readonly folds: readonly number[];
}

const octaves = (pitch: number): number =>
  pitch < GRID_LOWEST
    ? -Math.ceil((GRID_LOWEST - pitch) / 12)
    : pitch > GRID_HIGHEST
      ? Math.ceil((pitch - GRID_HIGHEST) / 12)
      : 0;

/**
 * Brings notes of any pitch into the range of the grid, each by as few octaves as will do.
 * @throws FormatError `notes` when the notes are not a melody of 32 sixteenths
 */
export function fold(notes: readonly GridNote[]): Folded {
  const sorted = [...notes].sort((a, b) => a[1] - b[1]);
  const folds = sorted.map(([pitch]) => octaves(pitch));
  return { grid: fromNotes(sorted.map(([p, s, l], i) => [p - 12 * folds[i]!, s, l])), folds };
}

/**
 * Returns the notes that {@link fold} was given.
 * @throws OptionError `folds` when there is not one whole number for each note
 */
export function unfold(grid: Grid, folds: readonly number[]): GridNote[] {
  const notes = toNotes(grid);
  if (folds.length !== notes.length || !folds.every(Number.isInteger))
    throw new OptionError("folds", `A melody of ${notes.length} notes takes as many folds, not ${folds.length}.`, {
      hint: "Give each note the octaves by which it was moved, 0 for none.",
    });
  return notes.map(([p, s, l], i) => [p + 12 * folds[i]!, s, l]);
}
