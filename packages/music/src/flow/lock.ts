/**
 * Locks: notes and silences that an operation must leave as they are, and scales, as tilts.
 *
 * @module
 */
import { type Grid, toEvent, toNotes } from "../grid/grid.ts";
import { HOLD, ONSET, patternClass, patternTable, REST } from "../grid/pattern.ts";
import { BEATS, STEPS } from "./melody-flow.ts";
import { force, keepRhythms, lockScale, STEPS_A_BEAT } from "./tilt.ts";

/** What an operation must keep to. */
export interface Limits {
  /** Steps that stay: one within a note stands for the whole note, one in a silence for itself. */
  readonly locked?: Iterable<number> | undefined;
  /** Pitch classes that notes may have, C = 0; locked notes stay all the same. */
  readonly scale?: ReadonlySet<number> | undefined;
}

/** The locked part of a melody: for each step whether it is free, in a note, or silent. */
type Hold = "free" | "note" | "silent";

function holdsOf(grid: Grid, steps: Iterable<number>): Hold[] {
  const locked = new Set(steps);
  const holds = Array.from({ length: STEPS }, (_, t): Hold => (locked.has(t) ? "silent" : "free"));
  for (const [, start, length] of toNotes(grid)) {
    const within = Array.from({ length }, (_, i) => start + i);
    const any = within.some((t) => locked.has(t));
    for (const t of within) holds[t] = any ? "note" : "free";
  }
  return holds;
}

/** Whether a silent step of a lock may go on with the silence before it: only where that is sure to be one. */
const goesOn = (holds: readonly Hold[], t: number): boolean => t === 0 || holds[t - 1] === "silent";

/** What a step may be: all that leaves the locked part as it is, whatever the free steps become. */
function allowedAt(grid: Grid, holds: readonly Hold[], t: number): readonly number[] {
  const hold = holds[t]!;
  switch (hold) {
    case "note":
      return [grid[t]! > 0 ? ONSET : HOLD];
    case "silent":
      return goesOn(holds, t) ? [REST, HOLD] : [REST];
    case "free":
      // A hold would make the locked note before it longer.
      return t > 0 && holds[t - 1] === "note" ? [ONSET, REST] : [ONSET, HOLD, REST];
    default:
      return hold satisfies never;
  }
}

/**
 * Locks steps of a melody in a tilt: notes keep onset, pitch and length, silences stay silent.
 *
 * Excludes every beat pattern that disagrees at a locked step or holds a locked note beyond its end, and forces the
 * pitches of locked onsets. A locked silence after a free step must start anew, since a hold could lengthen a note; in
 * the grid's one form a rest within a rest is a hold again.
 *
 * @param steps a step within a note stands for the whole note: a bar's steps lock what reaches over its line as well
 */
export function lockSteps(tilt: Float32Array, grid: Grid, steps: Iterable<number>): Float32Array {
  const holds = holdsOf(grid, steps);
  keepRhythms(
    tilt,
    holds.map((_, t) => allowedAt(grid, holds, t)),
  );
  const started = holds.flatMap((hold, t) => (hold === "note" && grid[t]! > 0 ? [BEATS + t] : []));
  return force(tilt, toEvent(grid), started);
}

/** The event of a melody in the words of a lock on it: the same melody, with rests where {@link lockSteps} wants them. */
export function lockedEvent(grid: Grid, steps: Iterable<number>): Float32Array {
  const holds = holdsOf(grid, steps);
  const event = toEvent(grid);
  for (let k = 0; k < BEATS; k++)
    event[k] = patternClass(
      patternTable[event[k]!]!.map((kind, i) => {
        const t = k * STEPS_A_BEAT + i;
        return holds[t] === "silent" && !goesOn(holds, t) ? REST : kind;
      }),
    );
  return event;
}

/** The steps at which locked notes start. */
export function lockedOnsets(grid: Grid, steps: Iterable<number>): ReadonlySet<number> {
  return new Set(holdsOf(grid, steps).flatMap((hold, t) => (hold === "note" && grid[t]! > 0 ? [t] : [])));
}

/** Puts limits into a tilt: the scale, then the lock, which wins. */
export function limit(tilt: Float32Array, grid: Grid, { locked = [], scale }: Limits): Float32Array {
  if (scale) lockScale(tilt, scale);
  return lockSteps(tilt, grid, locked);
}
