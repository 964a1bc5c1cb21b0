/**
 * Seven features of a melody, by which sets of melodies are compared.
 *
 * @module
 * @see Yang & Lerch 2020, On the evaluation of generative models in music
 */
import { GRID_STEPS, type Grid } from "../grid/grid.ts";

/** What {@link features} measures. */
export interface MelodyFeatures {
  /** Number of distinct pitches. */
  readonly pitches: number;
  /** Semitones between the lowest and the highest note. */
  readonly range: number;
  /** Mean semitones from a note to the next. */
  readonly interval: number;
  readonly notes: number;
  /** Mean sixteenths from the start of a note to that of the next. */
  readonly spacing: number;
  /** Entropy of the pitch classes, in bits. */
  readonly entropy: number;
  /** Share of the 16 places of a bar at which both bars start a note or neither does. */
  readonly groove: number;
}

/** Names of the seven features. */
export const featureNames = [
  "pitches",
  "range",
  "interval",
  "notes",
  "spacing",
  "entropy",
  "groove",
] as const satisfies readonly (keyof MelodyFeatures)[];

/** Measures a melody; undefined when it has fewer than two notes. */
export function features(grid: Grid): MelodyFeatures | undefined {
  const pitches = grid.filter((step) => step > 0);
  const starts = grid.flatMap((step, t) => (step > 0 ? [t] : []));
  const notes = pitches.length;
  if (notes < 2) return undefined;
  const classes = new Array<number>(12).fill(0);
  for (const pitch of pitches) classes[pitch % 12]!++;
  const entropy = classes.reduce((sum, n) => (n === 0 ? sum : sum - (n / notes) * Math.log2(n / notes)), 0);
  const bar = GRID_STEPS / 2;
  let alike = 0;
  for (let t = 0; t < bar; t++) if (grid[t]! > 0 === grid[t + bar]! > 0) alike++;
  return {
    pitches: new Set(pitches).size,
    range: Math.max(...pitches) - Math.min(...pitches),
    interval: pitches.slice(1).reduce((sum, pitch, i) => sum + Math.abs(pitch - pitches[i]!), 0) / (notes - 1),
    notes,
    spacing: (starts[notes - 1]! - starts[0]!) / (notes - 1),
    entropy,
    groove: alike / bar,
  };
}
