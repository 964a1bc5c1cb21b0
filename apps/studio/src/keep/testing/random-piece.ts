/**
 * Random pieces for tests: every field at random, now and then at its ends.
 *
 * @module
 */
import type { Notes } from "../../piece/notes.ts";
import { type Piece, pathPresets, type Side, voiceNames } from "../../piece/piece.ts";
import { scaleNames } from "../../piece/scale.ts";

/** Draws whole numbers below n. */
export type Dice = (n: number) => number;

/** Returns dice that always fall alike for a seed. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x9e3779b9) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return Math.floor((((x ^ (x >>> 15)) >>> 0) / 2 ** 32) * n);
  };
}

export const pick = <T>(roll: Dice, list: readonly T[]): T => list[roll(list.length)]!;

/** Draws a melody; one in eight has folded notes. */
export function randomNotes(roll: Dice, most = 32): Notes {
  const folded = roll(8) === 0;
  const starts = Array.from({ length: 32 }, (_, i) => i)
    .sort(() => roll(3) - 1)
    .slice(0, pick(roll, [0, 1, 4, 8, 16, most, roll(33)]))
    .sort((a, b) => a - b);
  return starts.map((start, i) => ({
    pitch: 50 + roll(37),
    start,
    length: 1 + roll((starts[i + 1] ?? 32) - start),
    fold: folded ? roll(5) - 2 : 0,
  }));
}

const titles = [
  "",
  "A",
  "The Lark in the Morning",
  "Ríl an Dúin",
  "春の海",
  "🎻🎶 reel",
  "x".repeat(40),
  "ß".repeat(20),
  "👩‍🎤 a",
];

const randomSide = (roll: Dice): Side => {
  const notes = randomNotes(roll);
  const hundredth = (): number => (roll(201) - 100) / 100;
  return {
    title: pick(roll, titles),
    notes,
    origin: roll(2) ? notes : randomNotes(roll),
    shape: roll(2)
      ? { register: 0, density: 0, leaps: 0 }
      : { register: hundredth(), density: hundredth(), leaps: hundredth() },
    place: { keyShift: roll(23) - 11, octaveShift: 12 * (roll(21) - 10) },
    voice: pick(roll, voiceNames),
    locked: roll(2) ? [] : Array.from({ length: 32 }, (_, i) => i).filter(() => roll(3) === 0),
  };
};

/** Draws a piece as links hold it. */
export const randomPiece = (roll: Dice): Piece => ({
  a: randomSide(roll),
  b: randomSide(roll),
  tempo: pick(roll, [40, 240, (400 + roll(2001)) / 10]),
  scale: pick(roll, scaleNames),
  path: { points: 3 + roll(15), preset: pick(roll, pathPresets) },
  seed: pick(roll, [0, 2 ** 32 - 1, roll(2 ** 32)]),
  temperature: (10 + roll(191)) / 100,
  similarity: pick(roll, [0, 1, roll(101) / 100]),
});
