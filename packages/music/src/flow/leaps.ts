/**
 * The leaps slider: wider or narrower intervals.
 *
 * @module
 */
import { GRID_LOWEST, type Grid, toEvent } from "../grid/grid.ts";
import { type Limits, lockedOnsets } from "./lock.ts";
import { BEATS } from "./melody-flow.ts";
import type { MelodyCallOptions, MelodyModel } from "./melody-model.ts";
import { moveLatent } from "./move.ts";
import { boundPitch, force, noTilt, OCTAVE, pullPitch } from "./tilt.ts";

/** Standard deviations that the slider's ends move peaks and troughs apart by, or together. */
const FARTHEST = { wider: 0.7, narrower: 1.2 };

/** The contour's size, of 1, at the slider's lower end. */
const FLATTEST = 0.3;

/** Nats a semitone by which the flattened contour draws where z alone did not narrow the intervals. */
const PULLS = [0, 1];

/** Σ |interval| of a melody, in semitones. */
export function totalInterval(grid: Grid): number {
  const pitches = grid.filter((step) => step > 0);
  return pitches.slice(1).reduce((sum, p, i) => sum + Math.abs(p - pitches[i]!), 0);
}

/** A note of a melody's contour, with its pitch as a class. */
interface ContourNote {
  readonly step: number;
  readonly own: number;
  /** 1 at a peak, −1 at a trough, 0 on the way; the first and last notes are peaks or troughs. */
  readonly turn: number;
  /** Pitches of the peak and trough on either side, its own where there is none. */
  readonly near: readonly number[];
}

/** The peaks and troughs of a melody and what lies between; of notes of one pitch in a row all are alike. */
function contour(grid: Grid): ContourNote[] {
  const notes = grid.flatMap((pitch, step) => (pitch > 0 ? [{ step, own: pitch - GRID_LOWEST }] : []));
  /** The nearest note on each side for which `test` holds. */
  const sides = (i: number, test: (j: number) => boolean): number[] =>
    [-1, 1].flatMap((way) => {
      for (let j = i + way; j >= 0 && j < notes.length; j += way) if (test(j)) return [notes[j]!.own];
      return [];
    });
  const turns = notes.map(({ own }, i) => {
    const signs = sides(i, (j) => notes[j]!.own !== own).map((other) => Math.sign(own - other));
    return signs.every((s) => s === signs[0]) ? (signs[0] ?? 0) : 0;
  });
  return notes.map(({ step, own }, i) => {
    const near = sides(i, (j) => turns[j] !== 0 && turns[j] !== turns[i]);
    return { step, own, turn: turns[i]!, near: near.length > 0 ? near : [own] };
  });
}

/** Where a note may go while intervals widen: Σ |interval| is at least that over peaks and troughs, which only grow. */
const wider = ({ own, turn }: ContourNote): readonly [number, number] => [
  turn > 0 ? own : own - OCTAVE,
  turn < 0 ? own : own + OCTAVE,
];

/** Where a note may go while intervals narrow: between the peak and the trough that it stood between. */
const narrower = ({ own, turn, near }: ContourNote): readonly [number, number] => [
  turn > 0 ? Math.max(...near) : Math.min(own, ...near),
  turn < 0 ? Math.min(...near) : Math.max(own, ...near),
];

/**
 * Widens the intervals of a melody (amount to 1) or narrows them (to −1), its rhythm unchanged.
 *
 * Peaks move up and troughs down by 0.7 · amount in z, or by 1.2 · amount toward each other, and z between them grows or
 * shrinks. Widened, the sum of intervals cannot fall: it is at least that over peaks and troughs, whose classes on the
 * inner side are excluded. Narrowed, notes on the way could still zigzag; then a pull toward the flattened contour is
 * added. Where that does not do either, the flattened contour itself is taken: rounded, it widens no interval; and where a
 * lock or a scale bends that, the notes stay.
 */
export async function moveLeaps(
  model: MelodyModel,
  grid: Grid,
  amount: number,
  { locked = [], scale }: Limits = {},
  options: MelodyCallOptions = {},
): Promise<Grid> {
  const event = toEvent(grid);
  const fixed = lockedOnsets(grid, locked);
  const notes = contour(grid);
  const turns = new Map(notes.map(({ step, turn }) => [BEATS + step, turn]));
  const bounded = (range: (note: ContourNote) => readonly [number, number]): Float32Array => {
    const tilt = force(noTilt(), event, Array(BEATS).keys());
    for (const note of notes)
      if (fixed.has(note.step)) force(tilt, event, [BEATS + note.step]);
      else boundPitch(tilt, note.step, range(note), scale);
    return tilt;
  };
  const shift = amount * (amount > 0 ? FARTHEST.wider : FARTHEST.narrower);
  const moved = (z: number, i: number): number =>
    i < BEATS ? z : turns.get(i) ? z + turns.get(i)! * shift : z * (1 + amount / 2);
  if (amount > 0) return moveLatent(model, event, { from: bounded(wider) }, moved, options);

  const middle = notes.reduce((sum, { own }) => sum + own, 0) / notes.length;
  const flattened = (own: number): number => middle + (1 + (1 - FLATTEST) * amount) * (own - middle);
  const from = bounded(narrower);
  for (const pull of PULLS) {
    const to = from.slice();
    for (const { step, own } of notes) pullPitch(to, step, flattened(own), pull);
    const narrowed = await moveLatent(model, event, { from, to }, moved, options);
    if (totalInterval(narrowed) <= totalInterval(grid)) return narrowed;
  }
  const exactly = (pitch: (own: number) => number) =>
    moveLatent(
      model,
      event,
      {
        from: bounded(({ own }) => {
          const at = Math.round(pitch(own));
          return [at, at];
        }),
      },
      (z) => z,
      options,
    );
  const flat = await exactly(flattened);
  return totalInterval(flat) <= totalInterval(grid) ? flat : exactly((own) => own);
}
