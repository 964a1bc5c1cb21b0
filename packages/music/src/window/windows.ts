/**
 * Windows: the two-bar melodies of a tune, in C and near A4.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { type Folded, fold } from "../grid/fold.ts";
import { fromNotes, GRID_HIGHEST, GRID_LOWEST, GRID_STEPS, type Grid, type GridNote } from "../grid/grid.ts";
import type { Tune } from "../tune/tune.ts";

/** One melody cut from a tune. */
export interface MelodyWindow {
  /** In C, in the octave near A4, folded into the range of the grid. */
  readonly grid: Grid;
  /** Octaves to add to each note to undo the folding. */
  readonly folds: readonly number[];
  /** Whether no note had to be folded: only such windows train. */
  readonly inRange: boolean;
  /** The window starts 16 · index sixteenths after the start of the first whole bar. */
  readonly index: number;
  /** Semitones above C, 0 to 11; added, they give the pitches of the tune, up to octaves. */
  readonly keyShift: number;
  /** Semitones, a multiple of 12, that bring the melody back to its octave. */
  readonly octaveShift: number;
}

const BLOCK = GRID_STEPS / 2;
const TOLERANCE = 0.15;
const FEWEST_ONSETS = 4;
const A4 = 69;
const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const METERS = new Set(["4/4", "2/2", "2/4"]);

/** A tune longer than this, five hours of music, is a hostile one. */
const MOST_STEPS = 2 ** 18;

/** To the nearest whole number, halves to the even one, as the published counts were made. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  return x - low < 0.5 || (x - low === 0.5 && low % 2 === 0) ? low : low + 1;
}

/** The major scale, by its semitones above C, that holds most notes. */
function bestScale(counts: readonly number[]): number {
  const classes = new Array<number>(12).fill(0);
  counts.forEach((n, pitch) => void (classes[pitch % 12]! += n));
  const fits = classes.map((_, key) => MAJOR.reduce((sum, degree) => sum + classes[(key + degree) % 12]!, 0));
  return fits.indexOf(Math.max(...fits));
}

function checkMeter({ meters }: Tune): void {
  const distinct = [...new Set(meters.map((m) => `${m.numerator}/${m.denominator}`))];
  if (distinct.length !== 1)
    throw new FormatError(
      "meter",
      distinct.length === 0
        ? "The tune has no meter."
        : `The tune changes its meter: ${distinct.slice(0, 4).join(", ")}.`,
      { hint: "Take a tune that is in 4/4, 2/2 or 2/4 throughout." },
    );
  if (!METERS.has(distinct[0]!))
    throw new FormatError("meter", `The tune is in ${distinct[0]}; melodies are cut from 4/4, 2/2 and 2/4.`, {
      hint: "Take a tune that is in 4/4, 2/2 or 2/4 throughout.",
    });
}

function countPitches({ notes }: Tune): number[] {
  const counts = new Array<number>(128).fill(0);
  for (const { pitch } of notes) counts[pitch]!++;
  return counts;
}

/** The key and octave of a tune: of the file's mark where it has one, then of the signature, then of the notes. */
function shifts(tune: Tune): { readonly keyShift: number; readonly octaveShift: number } {
  if (tune.mark) return tune.mark;
  const counts = tune.pitchCounts ?? countPitches(tune);
  const keyShift = tune.fifths === undefined ? bestScale(counts) : (((tune.fifths * 7) % 12) + 12) % 12;
  const total = counts.reduce((sum, n) => sum + n, 0);
  const mean = counts.reduce((sum, n, pitch) => sum + n * pitch, 0) / total - keyShift;
  return { keyShift, octaveShift: -12 * roundHalfEven((A4 - mean) / 12) + 0 };
}

interface Step {
  readonly pitch: number;
  readonly end: number;
}

/**
 * Cuts a tune into windows of 32 sixteenths, one for each multiple of 16.
 *
 * A note of a window sounds until its end, the next one or the end of the window. Notes off the grid spoil the blocks of
 * 16 that they start in.
 * @throws FormatError `meter` when the meter changes or is none of 4/4, 2/2, 2/4; `no-notes`, `too-long`
 */
export function cutWindows(tune: Tune): MelodyWindow[] {
  checkMeter(tune);
  if (tune.notes.length === 0 && !tune.mark)
    throw new FormatError("no-notes", "The tune has no notes.", {
      hint: "Take a file whose melody is written in notes, not only in chords, words or drums.",
    });
  const { keyShift, octaveShift } = shifts(tune);
  const sixteenth = tune.ticksPerQuarter / 4;
  const steps = new Map<number, Step>();
  const spoilt = new Set<number>();
  let last = 0;
  for (const { pitch, start, duration } of tune.notes) {
    const exact = (start - tune.firstBar) / sixteenth;
    if (exact > MOST_STEPS)
      throw new FormatError("too-long", "The tune goes on for hours: it is not one melody.", {
        hint: "Cut out the bars that you want.",
      });
    const step = roundHalfEven(exact);
    if (Math.abs(exact - step) > TOLERANCE) {
      spoilt.add(Math.floor(exact / BLOCK));
      continue;
    }
    if (step < 0) continue;
    steps.set(step, {
      pitch: pitch - keyShift - octaveShift,
      end: step + Math.max(1, roundHalfEven(duration / sixteenth)),
    });
    last = Math.max(last, step);
  }

  const windows: MelodyWindow[] = [];
  const blocks = tune.mark ? 1 : Math.floor((last + 1) / BLOCK);
  for (let index = 0; index < blocks; index++) {
    if (spoilt.has(index) || spoilt.has(index + 1)) continue;
    const notes = windowNotes(steps, index * BLOCK);
    if (notes.length < FEWEST_ONSETS && !tune.mark) continue;
    const { grid, folds } = foldAs(notes, tune.mark?.folds);
    windows.push({ grid, folds, inRange: folds.every((f) => f === 0), index, keyShift, octaveShift });
  }
  return windows;
}

function windowNotes(steps: ReadonlyMap<number, Step>, from: number): GridNote[] {
  const starts = Array.from({ length: GRID_STEPS }, (_, t) => t).filter((t) => steps.has(from + t));
  return starts.map((t, i) => {
    const { pitch, end } = steps.get(from + t)!;
    const next = starts[i + 1] ?? GRID_STEPS;
    return [pitch, t, Math.min(end - from, next) - t];
  });
}

/** Folds as the mark of a file says, if that gives a melody; by as few octaves as will do otherwise. */
function foldAs(notes: readonly GridNote[], folds: readonly number[] | undefined): Folded {
  const fits = (pitch: number): boolean => pitch >= GRID_LOWEST && pitch <= GRID_HIGHEST;
  if (folds?.length !== notes.length || !notes.every(([pitch], i) => fits(pitch - 12 * folds[i]!))) return fold(notes);
  return { grid: fromNotes(notes.map(([p, s, l], i) => [p - 12 * folds[i]!, s, l])), folds };
}
