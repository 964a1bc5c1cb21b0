/**
 * Meters, unit lengths and tempos as the fields of ABC give them.
 *
 * @module
 */
import { FormatError } from "@normflow/core";

export interface AbcMeter {
  readonly numerator: number;
  readonly denominator: number;
}

const quote = (text: string): string => `“${text.slice(0, 40)}”`;

/**
 * Reads the value of M:; undefined for free meter.
 * @throws FormatError `abc-meter`
 */
export function parseMeter(text: string): AbcMeter | undefined {
  if (text === "" || /^none\b/i.test(text)) return undefined;
  if (/^C\|/.test(text)) return { numerator: 2, denominator: 2 };
  if (/^C(?:\s|$)/.test(text)) return { numerator: 4, denominator: 4 };
  const match = /^\(?\s*(\d{1,2}(?:\s*\+\s*\d{1,2}){0,15})\s*\)?\s*\/\s*(\d{1,3})(?!\d)/.exec(text);
  const numerator = (match?.[1] ?? "").split("+").reduce((sum, part) => sum + Number(part), 0);
  const denominator = Number(match?.[2] ?? 0);
  if (numerator < 1 || ![1, 2, 4, 8, 16, 32, 64, 128].includes(denominator))
    throw new FormatError("abc-meter", `${quote(text)} is no meter that M: can name.`, {
      hint: "Write it as M:4/4, M:C or M:C|.",
    });
  return { numerator, denominator };
}

/**
 * Reads the value of L: as a part of a whole note.
 * @throws FormatError `abc-unit`
 */
export function parseUnit(text: string): number {
  const match = /^(\d{1,3})(?:\s*\/\s*(\d{1,3}))?(?!\d)/.exec(text);
  const unit = match ? Number(match[1]) / Number(match[2] ?? 1) : 0;
  if (!(unit > 0 && unit <= 16))
    throw new FormatError("abc-unit", `${quote(text)} is no length that L: can give.`, { hint: "Write it as L:1/8." });
  return unit;
}

/** Returns the unit length that a meter implies, as a part of a whole note. */
export const defaultUnit = (meter: AbcMeter | undefined): number =>
  meter && meter.numerator / meter.denominator < 0.75 ? 1 / 16 : 1 / 8;

/**
 * Reads the value of Q: in quarter notes a minute; undefined where it has words only, or a tempo that nobody plays.
 * @param unit the unit length, a part of a whole note, which forms without a note value count
 */
export function parseTempo(text: string, unit: number): number | undefined {
  const bare = text
    .slice(0, 1000)
    .replace(/"[^"]*"/g, " ")
    .trim();
  const match = /^([^=]*)=\s*(\d{1,6}(?:\.\d{1,6})?)/.exec(bare) ?? /^()(\d{1,6}(?:\.\d{1,6})?)/.exec(bare);
  if (!match) return undefined;
  const written = match[1]!.trim();
  const old = /^C\s*(\d{0,2})$/.exec(written);
  let beat = 0;
  if (written === "") beat = unit;
  else if (old) beat = unit * Number(old[1] || 1);
  else for (const [, n, d] of written.matchAll(/(\d{1,3})\/(\d{1,3})/g)) beat += Number(n) / Number(d);
  const tempo = Number(match[2]) * beat * 4;
  return tempo >= 4 && tempo <= 1000 ? tempo : undefined;
}
