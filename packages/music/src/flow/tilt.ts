/**
 * Tilts of the melody flow's conditionals: anchors, forced tokens, scale locks, as logits to add.
 *
 * A tilt is a context [40, 81] of the biased flow. The flow stays a bijection under any tilt.
 *
 * @module
 */
import { patternTable } from "../grid/pattern.ts";
import { BEATS, COORDINATES, LOWEST_PITCH, PATTERNS, PITCHES, STEPS } from "./melody-flow.ts";

/** 8 beat patterns, then a pitch class (MIDI − 50) for each step, 0 where no note starts. */
export type MelodyEvent = ArrayLike<number>;

const STEPS_A_BEAT = STEPS / BEATS;

/** Low enough that a class with it does not exist. */
const EXCLUDED = -1e9;

/** Differing steps of two beat patterns. */
const patternDistance = patternTable.map((a) =>
  patternTable.map((b) => Array.from(a).reduce((n, v, i) => n + (v === b[i] ? 0 : 1), 0)),
);

/** Where a pattern starts notes. */
export const startsNote = (event: MelodyEvent, step: number): boolean =>
  patternTable[event[Math.floor(step / STEPS_A_BEAT)]!]![step % STEPS_A_BEAT] === 0;

/** The pitch class last started at or before each step; before the first note, that of the first. */
export function soundingPitches(event: MelodyEvent): number[] {
  const first = Array.from({ length: STEPS }, (_, t) => t).find((t) => startsNote(event, t));
  let current = first === undefined ? (PITCHES - 1) / 2 : event[BEATS + first]!;
  return Array.from({ length: STEPS }, (_, t) => {
    if (startsNote(event, t)) current = event[BEATS + t]!;
    return current;
  });
}

/** How strongly a tilt pulls: nats a differing step of a beat, nats a semitone. */
export interface Pull {
  readonly beat: number;
  readonly pitch: number;
}

/** A tilt that changes nothing. */
export const noTilt = (): Float32Array => new Float32Array(COORDINATES * PATTERNS);

/** Adds −weight · distance to an anchor: Hamming on beat patterns, semitones on pitches. */
export function pullToward(
  tilt: Float32Array,
  anchor: MelodyEvent,
  pull: Pull,
  weight: (beat: number) => number = () => 1,
): Float32Array {
  const pitches = soundingPitches(anchor);
  for (let k = 0; k < BEATS; k++) {
    const w = weight(k);
    if (w === 0) continue;
    const distances = patternDistance[anchor[k]!]!;
    for (let v = 0; v < PATTERNS; v++) tilt[k * PATTERNS + v]! -= pull.beat * w * distances[v]!;
    for (let t = k * STEPS_A_BEAT; t < (k + 1) * STEPS_A_BEAT; t++)
      for (let v = 0; v < PITCHES; v++) tilt[(BEATS + t) * PATTERNS + v]! -= pull.pitch * w * Math.abs(v - pitches[t]!);
  }
  return tilt;
}

/** Forces coordinates to the tokens of a melody: every other class of them is excluded. */
export function force(tilt: Float32Array, melody: MelodyEvent, coordinates: Iterable<number>): Float32Array {
  for (const i of coordinates)
    for (let v = 0; v < PATTERNS; v++) if (v !== melody[i]) tilt[i * PATTERNS + v] = EXCLUDED;
  return tilt;
}

/** Excludes pitches outside a scale, given as pitch classes with C = 0. */
export function lockScale(tilt: Float32Array, scale: ReadonlySet<number>): Float32Array {
  for (let t = 0; t < STEPS; t++)
    for (let v = 0; v < PITCHES; v++)
      if (!scale.has((LOWEST_PITCH + v) % 12)) tilt[(BEATS + t) * PATTERNS + v] = EXCLUDED;
  return tilt;
}

/** How a morph moves: how long each beat takes to change, and how strongly the ends pull. */
export interface MorphPreset {
  readonly width: number;
  readonly pull: Pull;
}

/** Small steps; or melodies as likely as real ones all the way. */
export const morphPresets = {
  smooth: { width: 0.15, pull: { beat: 4, pitch: 1.6 } },
  musical: { width: 0.3, pull: { beat: 3, pitch: 1.2 } },
} as const satisfies Readonly<Record<string, MorphPreset>>;

/** How far beat k has moved at t: clip((t − τₖ)/width + ½, 0, 1), τₖ = width/2 + (1 − width)(k + ½)/8, one beat after another. */
export function beatProgress(t: number, beat: number, width: number): number {
  const middle = width / 2 + ((1 - width) * (beat + 0.5)) / BEATS;
  return Math.max(0, Math.min(1, (t - middle) / width + 0.5));
}

/** The beat that a coordinate belongs to. */
export const beatOf = (coordinate: number): number =>
  coordinate < BEATS ? coordinate : Math.floor((coordinate - BEATS) / STEPS_A_BEAT);

/** The tilt toward both ends of a morph at t. */
export function morphTilt(a: MelodyEvent, b: MelodyEvent, t: number, { width, pull }: MorphPreset): Float32Array {
  const tilt = noTilt();
  pullToward(tilt, a, pull, (k) => 1 - beatProgress(t, k, width));
  return pullToward(tilt, b, pull, (k) => beatProgress(t, k, width));
}
