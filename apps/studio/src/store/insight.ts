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

/** How typical a melody is, as a sentence for those who know nothing of bits. */
export function typicalSentence(bits: number, typical: readonly number[] | undefined): string {
  const measured = `${Math.round(bits)} bits`;
  if (!typical || typical.length === 0) return `${measured}.`;
  const tenths = Math.round(rankOf(bits, typical) * 10);
  if (bits > typical.at(-1)! + 8) return `Unheard of (${measured}): the model would hardly ever draw it.`;
  if (tenths >= 10) return `Very unusual (${measured}): nearly all that the model draws is more ordinary.`;
  if (tenths >= 7) return `Rather unusual (${measured}): ${tenths} in 10 that the model draws are more ordinary.`;
  if (tenths >= 4) return `Typical (${measured}) of what the model draws.`;
  if (tenths >= 1) return `Rather ordinary (${measured}): ${10 - tenths} in 10 that the model draws are more unusual.`;
  return `Very ordinary (${measured}): nearly all that the model draws is more unusual.`;
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
  const zeros = Math.floor(Math.log10(n));
  const digits = `${Math.round(n / 10 ** zeros)}${"0".repeat(zeros)}`;
  // Not toLocaleString, whose first call keeps the page busy for 30 ms.
  return `1 in ${digits.replace(/\B(?=(?:\d{3})+$)/g, ",")}`;
}
