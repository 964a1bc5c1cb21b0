/**
 * What the model's bits say, in words.
 *
 * @module
 */
import type { Surprise } from "@normflow/music";
import type { Notes } from "../piece/notes.ts";
import type { Insight } from "./state.ts";

const STEPS_A_BEAT = 4;

/** Spreads the bits of pitches and rhythms over the notes. */
export function insightOf(notes: Notes, { bits, notes: pitches, beats }: Surprise): Insight {
  const beatOf = (start: number): number => Math.floor(start / STEPS_A_BEAT);
  const inBeat = beats.map((_, k) => notes.filter((n) => beatOf(n.start) === k).length);
  return {
    notes,
    bits,
    noteBits: new Map(
      notes.map((n, i) => [n.start, pitches[i]! + beats[beatOf(n.start)]! / Math.max(1, inBeat[beatOf(n.start)]!)]),
    ),
  };
}

/** The share of the model's own melodies that are more likely than one of these bits, 0 to 1. */
export function rankOf(bits: number, typical: readonly number[]): number {
  const below = typical.filter((b) => b < bits).length;
  return typical.length === 0 ? 0.5 : below / typical.length;
}

/** How typical a melody is, as a sentence. */
export function typicalSentence(bits: number, typical: readonly number[] | undefined): string {
  const rounded = Math.round(bits);
  if (!typical || typical.length === 0) return `${rounded} bits.`;
  const rank = rankOf(bits, typical);
  const tenths = Math.round(rank * 10);
  if (bits > typical.at(-1)! + 8) return `${rounded} bits: unlike any of the model’s own.`;
  if (tenths >= 10) return `${rounded} bits: as unusual as the strangest of the model’s own.`;
  if (tenths >= 7) return `${rounded} bits: more unusual than ${tenths} in 10 of the model’s own.`;
  if (tenths >= 4) return `${rounded} bits: typical of the model’s own.`;
  if (tenths >= 1) return `${rounded} bits: more expected than ${10 - tenths} in 10 of the model’s own.`;
  return `${rounded} bits: as expected as can be.`;
}

/** The most surprising note, where one stands out: its start and its bits. */
export function mostSurprising({ noteBits }: Insight): readonly [start: number, bits: number] | undefined {
  const sorted = [...noteBits].sort((a, b) => b[1] - a[1]);
  return sorted[0] && sorted[0][1] >= 4 ? sorted[0] : undefined;
}

/** A chance of 1 in 2^bits, in words that can be pictured. */
export function chance(bits: number): string {
  const n = 2 ** bits;
  if (n < 20) return `1 in ${Math.round(n)}`;
  const digits = 10 ** Math.floor(Math.log10(n));
  return `1 in ${(Math.round(n / digits) * digits).toLocaleString("en")}`;
}
