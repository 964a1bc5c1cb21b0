/**
 * The grid: a melody of two bars in 32 sixteenths, and its other forms: notes, the 40 tokens of the flow.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { HOLD, ONSET, patternClass, patternTable, REST } from "./pattern.ts";

/** Sixteenths of a grid. */
export const GRID_STEPS = 32;
/** The lowest MIDI number that a grid holds. */
export const GRID_LOWEST = 50;
/** The highest MIDI number that a grid holds. */
export const GRID_HIGHEST = 86;
/** A step at which what sounds, or the silence, goes on. */
export const GRID_HOLD = -1;
/** A step at which a silence starts. */
export const GRID_REST = 0;

const BEATS = 8;
const STEPS_A_BEAT = GRID_STEPS / BEATS;

/**
 * A melody as 32 steps: the MIDI number (50 to 86) of a note that starts, 0 where a silence starts, −1 where nothing
 * does. The first step is never −1 and a silence never starts within one, so that melodies that sound alike are equal.
 */
export type Grid = readonly number[];

/** A note: MIDI number, start and length in sixteenths. */
export type GridNote = readonly [pitch: number, start: number, length: number];

/** Brings steps into the one form that equal melodies share. */
export function canonical(steps: ArrayLike<number>): Grid {
  let silent = false;
  return Array.from(steps, (step, t) => {
    if (step > 0) {
      silent = false;
      return step;
    }
    if (t === 0 || (step === GRID_REST && !silent)) {
      silent = true;
      return GRID_REST;
    }
    return GRID_HOLD;
  });
}

/** Returns a string that is the same for equal grids only. */
export const gridKey = (grid: Grid): string => String.fromCharCode(...grid.map((step) => step + 33));

/** Counts the notes of a grid. */
export const onsets = (grid: Grid): number => grid.reduce((n, step) => n + (step > 0 ? 1 : 0), 0);

/** Counts the steps, of 32, in which two grids differ. */
export const hamming = (a: Grid, b: Grid): number => a.reduce((n, step, t) => n + (step === b[t] ? 0 : 1), 0);

/** Returns the flow's event [40]: 8 beat patterns, then pitch − 50 at the steps where a note starts and 0 elsewhere. */
export function toEvent(grid: Grid): Float32Array {
  const event = new Float32Array(BEATS + GRID_STEPS);
  const kinds = grid.map((step) => (step > 0 ? ONSET : step === GRID_REST ? REST : HOLD));
  for (let k = 0; k < BEATS; k++) event[k] = patternClass(kinds.slice(k * STEPS_A_BEAT, (k + 1) * STEPS_A_BEAT));
  for (let t = 0; t < GRID_STEPS; t++) event[BEATS + t] = grid[t]! > 0 ? grid[t]! - GRID_LOWEST : 0;
  return event;
}

/**
 * Returns the grid of an event [40] of the flow, in its one form: an event may start a silence within a silence.
 * @throws FormatError `event` when a token is no class of its coordinate
 */
export function fromEvent(event: ArrayLike<number>): Grid {
  if (event.length !== BEATS + GRID_STEPS)
    throw new FormatError("event", `A melody has ${BEATS + GRID_STEPS} tokens, not ${event.length}.`, {
      hint: "Make events of grids: toEvent(grid) gives one.",
    });
  const steps = Array.from({ length: GRID_STEPS }, (_, t) => {
    const pattern = patternTable[event[Math.floor(t / STEPS_A_BEAT)]!];
    const pitch = event[BEATS + t]!;
    if (!pattern || !(Number.isInteger(pitch) && pitch >= 0 && pitch <= GRID_HIGHEST - GRID_LOWEST))
      throw new FormatError("event", `The tokens of step ${t} of a melody are not whole numbers of their ranges.`, {
        hint: "Make events of grids: toEvent(grid) gives one.",
      });
    const kind = pattern[t % STEPS_A_BEAT];
    return kind === ONSET ? GRID_LOWEST + pitch : kind === REST ? GRID_REST : GRID_HOLD;
  });
  return canonical(steps);
}

/** Returns the notes of a grid, in order. */
export function toNotes(grid: Grid): GridNote[] {
  const notes: GridNote[] = [];
  grid.forEach((pitch, start) => {
    if (pitch <= 0) return;
    let end = start + 1;
    while (end < GRID_STEPS && grid[end] === GRID_HOLD) end++;
    notes.push([pitch, start, end - start]);
  });
  return notes;
}

/**
 * Returns the grid of notes with pitches 50 to 86; {@link fold} takes others.
 * @throws FormatError `notes` when notes overlap, leave the grid or are not whole numbers
 */
export function fromNotes(notes: readonly GridNote[]): Grid {
  const steps = new Array<number>(GRID_STEPS).fill(GRID_HOLD);
  steps[0] = GRID_REST;
  let free = 0;
  for (const [pitch, start, length] of [...notes].sort((a, b) => a[1] - b[1])) {
    if (![pitch, start, length].every(Number.isInteger))
      throw new FormatError(
        "notes",
        `A note is three whole numbers [pitch, start, length], not [${pitch}, ${start}, ${length}].`,
        { hint: "Sort notes by their starts, none over the next, within two bars." },
      );
    if (start < 0 || length < 1 || start + length > GRID_STEPS)
      throw new FormatError(
        "notes",
        `A note from ${start} of length ${length} does not lie within ${GRID_STEPS} sixteenths.`,
        { hint: "Sort notes by their starts, none over the next, within two bars." },
      );
    if (start < free)
      throw new FormatError("notes", `A note starts at ${start}, before the last one ends at ${free}.`, {
        hint: "Sort notes by their starts, none over the next, within two bars.",
      });
    if (pitch < GRID_LOWEST || pitch > GRID_HIGHEST)
      throw new FormatError("notes", `Pitch ${pitch} is outside ${GRID_LOWEST} to ${GRID_HIGHEST}.`, {
        hint: "Move the melody by octaves.",
      });
    steps[start] = pitch;
    free = start + length;
    if (free < GRID_STEPS) steps[free] = GRID_REST;
  }
  return canonical(steps);
}
