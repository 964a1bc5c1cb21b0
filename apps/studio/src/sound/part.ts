/**
 * What is played: parts of two bars, one after another, each with a voice.
 *
 * @module
 */
import { GRID_STEPS } from "@normflow/music";
import { TEMPO, type VoiceName } from "../piece/piece.ts";

/** A note as it sounds, key and octave included. */
export interface SoundNote {
  /** MIDI number as it sounds. */
  readonly pitch: number;
  /** Sixteenths from the start of the part, 0 to 31. */
  readonly start: number;
  /** Sixteenths, at least 1. */
  readonly length: number;
}

/** Two bars for one voice; notes in any order, of which at most one sounds at a time. */
export interface Part {
  readonly notes: readonly SoundNote[];
  readonly voice: VoiceName;
}

/** Sixteenths of a part. */
export const PART_STEPS = GRID_STEPS;

/** Sixteenths of a quarter note, on which the metronome clicks. */
export const BEAT_STEPS = 4;

/** Sixteenths of a bar, the length of the count-in. */
export const BAR_STEPS = 16;

/** What is heard of playing; all of it may change while it sounds. */
export interface Settings {
  /** Quarter notes a minute, held to 40 to 240. */
  readonly tempo: number;
  /** Whether the parts start again after the last. */
  readonly loop: boolean;
  /** Whether quarter notes are clicked. */
  readonly metronome: boolean;
  /** Whether a bar is clicked before the first note. */
  readonly countIn: boolean;
  /** Loudness as a dial has it, 0 to 1. */
  readonly volume: number;
}

export const usualSettings: Settings = { tempo: 110, loop: true, metronome: false, countIn: false, volume: 0.8 };

/** Seconds of a sixteenth; a tempo out of range is held to it, one that is no number is 110. */
export const sixteenthSeconds = (tempo: number): number => {
  const quarters = Number.isFinite(tempo) ? Math.max(TEMPO.least, Math.min(TEMPO.most, tempo)) : usualSettings.tempo;
  return 60 / quarters / BEAT_STEPS;
};

/** The gain of a dial at 0 to 1: a square, so that equal turns are heard as about equal steps. */
export const volumeGain = (volume: number): number => {
  const held = Number.isFinite(volume) ? Math.max(0, Math.min(1, volume)) : 1;
  return held * held;
};
