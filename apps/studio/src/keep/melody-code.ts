/**
 * Melodies as digits: the tokens of the flow, never its latents, so that no model is needed to read them.
 *
 * @module
 */
import { fromEvent, GRID_HIGHEST, GRID_LOWEST, GRID_STEPS, ONSET, patternTable, toEvent } from "@normflow/music";
import { gridOf, type Notes, unfoldedNotes } from "../piece/notes.ts";
import type { DigitReader, DigitWriter } from "./digits.ts";

/** Octaves that a note is at most folded by, either way: more than MIDI has. */
export const FOLD_MOST = 12;

const BEATS = 8;
const PATTERNS = 81;
const PITCHES = GRID_HIGHEST - GRID_LOWEST + 1;
const FOLDS = 2 * FOLD_MOST + 1;

/**
 * Writes a melody: eight rhythms, the pitches where notes start, the folds where there are any.
 * @throws {FormatError} `notes` where the notes are no melody, `digit` where one is folded by more than 12 octaves
 */
export function writeMelody(digits: DigitWriter, notes: Notes): void {
  const event = toEvent(gridOf(notes));
  const ordered = [...notes].sort((a, b) => a.start - b.start);
  for (let beat = 0; beat < BEATS; beat++) digits.put(event[beat]!, PATTERNS);
  for (const { pitch } of ordered) digits.put(pitch - GRID_LOWEST, PITCHES);
  const folds = ordered.map((note) => note.fold + FOLD_MOST);
  const folded = folds.some((fold) => fold !== FOLD_MOST);
  digits.put(Number(folded), 2);
  if (!folded) return;
  // Most folds of a melody are alike.
  const low = Math.min(...folds);
  const span = Math.max(...folds) - low;
  digits.put(low, FOLDS);
  digits.put(span, FOLDS);
  for (const fold of folds) digits.put(fold - low, span + 1);
}

/** Reads a melody back. */
export function readMelody(digits: DigitReader): Notes {
  const event = new Array<number>(BEATS + GRID_STEPS).fill(0);
  for (let beat = 0; beat < BEATS; beat++) event[beat] = digits.take(PATTERNS);
  const starts = event.slice(0, BEATS).flatMap((pattern) => patternTable[pattern]!.map((kind) => kind === ONSET));
  starts.forEach((starts, step) => {
    if (starts) event[BEATS + step] = digits.take(PITCHES);
  });
  let folds: number[] = [];
  if (digits.take(2) === 1) {
    const low = digits.take(FOLDS) - FOLD_MOST;
    const span = digits.take(FOLDS);
    folds = starts.filter(Boolean).map(() => low + digits.take(span + 1));
  }
  return unfoldedNotes(fromEvent(event), folds);
}
