/**
 * What the melody worker is asked, and what it answers.
 *
 * @module
 */
import type { Client } from "@normflow/core";
import type { Surprise } from "../flow/surprise.ts";
import type { Grid } from "../grid/grid.ts";

/** Melodies, and −log₂ p of each. */
export interface ScoredMelodies {
  readonly grids: readonly Grid[];
  readonly bits: readonly number[];
}

/** A melody, and −log₂ p of it. */
export interface ScoredMelody {
  readonly grid: Grid;
  readonly bits: number;
}

/** What is known of a model, as far as its file says it. */
export interface ModelCard {
  readonly parameters: number;
  /** One line on what runs it: `reference: cpu`. */
  readonly backend: string;
  /** A name, where the file has one. */
  readonly title: string | undefined;
  /** Windows of melodies that it was trained on and tested with. */
  readonly windows: number | undefined;
  /** Bits a melody on data that it was not trained on. */
  readonly validation: number | undefined;
  readonly test: number | undefined;
}

/** Pitch classes that notes may have, C = 0. */
export type ScaleOption = { readonly scale?: readonly number[] | undefined };

/** Steps, 0 to 31, that stay: a step within a note stands for the whole note, one in a silence for itself. */
export type LockOption = { readonly locked?: readonly number[] | undefined };

type Draw = { readonly seed: number; readonly temperature?: number | undefined };

/** Parts of long work that are done. */
export interface Done {
  readonly done: number;
  readonly of: number;
}

/** The requests of the melody worker. Grids go as 32 plain numbers; what comes is brought into its one form. */
export interface MelodyRequests {
  /** Puts the model of a file in the place of the one in use, which stays where the file is refused. */
  open: { readonly payload: { readonly bytes: Uint8Array }; readonly result: ModelCard };
  /** Draws n melodies, one unless told; without a scale those of `flowctl sample`. */
  sample: {
    readonly payload: Draw & ScaleOption & { readonly n?: number | undefined };
    readonly result: ScoredMelodies;
  };
  /** −log₂ p of each melody. */
  bits: { readonly payload: { readonly grids: readonly Grid[] }; readonly result: readonly number[] };
  /** Bits of each note and beat. */
  surprise: { readonly payload: { readonly grid: Grid }; readonly result: Surprise };
  /** Bits of n (256) of the model's own samples at temperature 1, sorted: what is typical. */
  typical: {
    readonly payload: { readonly n?: number | undefined };
    readonly result: readonly number[];
    readonly progress: Done;
  };
  /** Melodies on the way from a to b, both ends exact. */
  morph: {
    readonly payload: {
      readonly a: Grid;
      readonly b: Grid;
      readonly points: number;
      readonly preset: "smooth" | "musical";
    };
    readonly result: ScoredMelodies;
  };
  /** A variation; with similarity 1 the melody itself. */
  vary: {
    readonly payload: Draw & ScaleOption & LockOption & { readonly grid: Grid; readonly similarity: number };
    readonly result: ScoredMelody;
  };
  /** A new melody around the locked notes. */
  regenerate: {
    readonly payload: Draw & ScaleOption & { readonly grid: Grid; readonly locked: readonly number[] };
    readonly result: ScoredMelody;
  };
  /** The melody moved by sliders from −1 to 1; with all at 0 the melody itself. */
  shape: {
    readonly payload: ScaleOption &
      LockOption & {
        readonly grid: Grid;
        readonly register?: number | undefined;
        readonly density?: number | undefined;
        readonly leaps?: number | undefined;
      };
    readonly result: ScoredMelody;
  };
  /** The rhythm of one melody with the pitches of another. */
  cross: {
    readonly payload: ScaleOption & { readonly rhythm: Grid; readonly pitches: Grid };
    readonly result: ScoredMelody;
  };
}

/** A connection to the melody worker: `connect<MelodyRequests>(port)`. */
export type MelodyClient = Client<MelodyRequests>;
