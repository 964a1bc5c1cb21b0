/**
 * The line of text in files of ours from which the same melody is read back.
 *
 * @module
 */
import type { MelodyMark } from "../tune/tune.ts";

const PREFIX = "normflow ";

const wholeNumber = (value: unknown, most: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= most;

/** Writes a mark as one line of text. */
export const writeMark = ({ keyShift, octaveShift, folds }: MelodyMark): string =>
  `${PREFIX}${JSON.stringify({ keyShift, octaveShift, folds })}`;

/** Reads a mark; undefined for any other text, also for one that somebody changed. */
export function readMark(text: string): MelodyMark | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.slice(PREFIX.length));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { keyShift, octaveShift, folds } = value as Readonly<Record<string, unknown>>;
  if (!wholeNumber(keyShift, 11) || !wholeNumber(octaveShift, 120) || octaveShift % 12 !== 0) return undefined;
  if (!Array.isArray(folds) || folds.length > 32 || !folds.every((f) => wholeNumber(f, 12))) return undefined;
  return { keyShift, octaveShift, folds };
}
