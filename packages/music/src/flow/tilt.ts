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

/** Sixteenths of a beat. */
export const STEPS_A_BEAT = STEPS / BEATS;

/** Semitones of an octave: no slider moves a note farther, which in the tails of a distribution it otherwise might. */
export const OCTAVE = 12;

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
    for (let t = k * STEPS_A_BEAT; t < (k + 1) * STEPS_A_BEAT; t++) pullPitch(tilt, t, pitches[t]!, pull.pitch * w);
  }
  return tilt;
}

/** Excludes the classes of a coordinate that are not to be kept. */
export function keepClasses(tilt: Float32Array, coordinate: number, keep: (value: number) => boolean): Float32Array {
  for (let v = 0; v < PATTERNS; v++) if (!keep(v)) tilt[coordinate * PATTERNS + v] = EXCLUDED;
  return tilt;
}

/** Adds −weight · semitones from a pitch, given in classes, at a step. */
export function pullPitch(tilt: Float32Array, step: number, pitch: number, weight: number): Float32Array {
  for (let v = 0; v < PITCHES; v++) tilt[(BEATS + step) * PATTERNS + v]! -= weight * Math.abs(v - pitch);
  return tilt;
}

/** Excludes beat patterns with a step that is not among those allowed for it: a list of onset, hold, rest a step. */
export function keepRhythms(tilt: Float32Array, allowed: readonly (readonly number[])[]): Float32Array {
  for (let k = 0; k < BEATS; k++)
    keepClasses(tilt, k, (v) => patternTable[v]!.every((kind, i) => allowed[k * STEPS_A_BEAT + i]!.includes(kind)));
  return tilt;
}

/**
 * Excludes pitches at a step outside [low, high] or outside a scale; where that would leave none, all but the pitch of
 * the scale that is nearest to the range.
 */
export function boundPitch(
  tilt: Float32Array,
  step: number,
  [low, high]: readonly [number, number],
  scale?: ReadonlySet<number>,
): Float32Array {
  const outside = (v: number): number => Math.max(low - v, v - high, 0);
  const open = Array.from({ length: PITCHES }, (_, v) => v).filter((v) => !scale || inScale(scale, v));
  const nearest = open.reduce((best, v) => (outside(v) < outside(best) ? v : best));
  const kept = new Set(open.filter((v) => outside(v) === 0));
  if (kept.size === 0) kept.add(nearest);
  return keepClasses(tilt, BEATS + step, (v) => kept.has(v));
}

/** Forces coordinates to the tokens of a melody, whatever excluded them before: every other class of them is excluded. */
export function force(tilt: Float32Array, melody: MelodyEvent, coordinates: Iterable<number>): Float32Array {
  for (const i of coordinates) {
    tilt[i * PATTERNS + melody[i]!] = 0;
    keepClasses(tilt, i, (v) => v === melody[i]);
  }
  return tilt;
}

/** Nats below a coordinate's best class from which another is as good as excluded. */
const NEGLIGIBLE = 20;

/**
 * Excludes classes that a tilt makes negligible. A histogram's floor gives every class that exists a share however low
 * its logit: without this a strong pull would still let through a stray token now and then.
 */
export function dropNegligible(tilt: Float32Array): Float32Array {
  for (let i = 0; i < COORDINATES; i++) {
    const row = tilt.subarray(i * PATTERNS, (i + 1) * PATTERNS);
    const best = Math.max(...row.subarray(0, i < BEATS ? PATTERNS : PITCHES));
    keepClasses(tilt, i, (v) => row[v]! >= best - NEGLIGIBLE);
  }
  return tilt;
}

/** Whether a class of pitch lies in a scale, given as pitch classes with C = 0. */
const inScale = (scale: ReadonlySet<number>, v: number): boolean => scale.has((LOWEST_PITCH + v) % 12);

/** Excludes pitches outside a scale, given as pitch classes with C = 0. */
export function lockScale(tilt: Float32Array, scale: ReadonlySet<number>): Float32Array {
  for (let t = 0; t < STEPS; t++) keepClasses(tilt, BEATS + t, (v) => v < PITCHES && inScale(scale, v));
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
