/**
 * The piece: everything that is on the screen and that undo, links and reloads bring back.
 *
 * @module
 */
import { GRID_STEPS } from "@normflow/music";
import { type Notes, noteEnd } from "./notes.ts";
import type { ScaleName } from "./scale.ts";

/** The two melodies of a piece. */
export type SideName = "a" | "b";

export const sideNames: readonly SideName[] = ["a", "b"];

/** Where a melody in C sounds. */
export interface Place {
  /** Semitones above C, −11 to 11. */
  readonly keyShift: number;
  /** Semitones, a multiple of 12. */
  readonly octaveShift: number;
}

/** Sliders that move a melody in the latent space of the model, each −1 to 1; at 0 they leave it as it is. */
export interface Shape {
  readonly register: number;
  readonly density: number;
  readonly leaps: number;
}

export const flat: Shape = { register: 0, density: 0, leaps: 0 };

/** The voices that play. */
export const voiceNames = ["keys", "whistle", "fiddle"] as const;

export type VoiceName = (typeof voiceNames)[number];

/** One melody and what belongs to it. */
export interface Side {
  readonly title: string;
  readonly notes: Notes;
  /** What the similarity dial and the sliders start from: the melody as it was last written by hand or by the model. */
  readonly origin: Notes;
  readonly shape: Shape;
  readonly place: Place;
  readonly voice: VoiceName;
  /** Steps that stay when the model writes, in order. */
  readonly locked: readonly number[];
}

export const pathPresets = ["musical", "smooth"] as const;

export type PathPreset = (typeof pathPresets)[number];

/** Fewest and most points of a path, both ends included. */
export const PATH_POINTS = { least: 3, most: 17 } as const;

/** Quarter notes a minute. */
export const TEMPO = { least: 40, most: 240 } as const;

export const TEMPERATURE = { least: 0.1, most: 2 } as const;

/** Seeds are whole numbers below this. */
export const SEEDS = 2 ** 32;

/** A piece. */
export interface Piece {
  readonly a: Side;
  readonly b: Side;
  readonly tempo: number;
  readonly scale: ScaleName;
  readonly path: { readonly points: number; readonly preset: PathPreset };
  readonly seed: number;
  readonly temperature: number;
  /** How near a variation stays, 0 to 1; at 1 it is the melody itself. */
  readonly similarity: number;
}

export const emptySide = (title: string, voice: VoiceName = "keys"): Side => ({
  title,
  notes: [],
  origin: [],
  shape: flat,
  place: { keyShift: 0, octaveShift: 0 },
  voice,
  locked: [],
});

/** A melody as it is, nothing derived from it: the sliders are at 0 and start from here. */
export const settled = (side: Side, notes: Notes): Side => ({ ...side, notes, origin: notes, shape: flat });

/** The locked steps once each, in order, within the grid. */
export const lockSteps = (steps: Iterable<number>): readonly number[] =>
  [...new Set(steps)].filter((s) => s >= 0 && s < GRID_STEPS).sort((x, y) => x - y);

/** Whether every step of a note is locked. */
export function isLocked(side: Side, note: { readonly start: number; readonly length: number }): boolean {
  for (let s = note.start; s < note.start + note.length; s++) if (!side.locked.includes(s)) return false;
  return true;
}

/** Locks steps, or frees them where all are locked. */
export function toggleLock(side: Side, steps: Iterable<number>): Side {
  const wanted = lockSteps(steps);
  const all = wanted.every((s) => side.locked.includes(s));
  return {
    ...side,
    locked: all ? side.locked.filter((s) => !wanted.includes(s)) : lockSteps([...side.locked, ...wanted]),
  };
}

/** The steps that the chosen notes cover. */
export const stepsOf = (notes: Notes, starts: ReadonlySet<number>): number[] =>
  notes
    .filter((n) => starts.has(n.start))
    .flatMap((n) => Array.from({ length: noteEnd(n) - n.start }, (_, i) => n.start + i));
