/**
 * What a command prints: lines of JSON for programs, short text for people.
 *
 * @module
 */
import type { GridNote } from "@normflow/music";
import { type Io, json, printable } from "./io.ts";

/** How a command answers. */
export interface AnswerOptions {
  readonly json?: boolean;
}

/** Writes one line: the value where `--json` was given, its text otherwise. */
export const answer = (io: Io, options: AnswerOptions, value: unknown, text: string): void =>
  options.json ? json(io, value) : io.line(printable(text));

/** Writes the head of a table for people; lines of JSON have none. */
export function head(io: Io, options: AnswerOptions, text: string): void {
  if (!options.json) io.line(printable(text));
}

/** Writes that a file cannot be used: a line of its own among JSON, a message otherwise. */
export const refuse = (io: Io, options: AnswerOptions, file: string, error: string): void =>
  options.json ? json(io, { file, error }) : io.message(`skipped ${file}: ${error}`);

const NAMES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

/** Notes as words: name, octave and length in sixteenths, such as `E5:2`; silences as `z:2`. */
export function noteText(notes: readonly GridNote[]): string {
  const words: string[] = [];
  let end = 0;
  for (const [pitch, start, length] of notes) {
    if (start > end) words.push(`z:${start - end}`);
    words.push(`${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}:${length}`);
    end = start + length;
  }
  return words.join(" ");
}

/** A value, its parts by path, as rows of two columns. */
export function factLines(value: object): string[] {
  const rows: (readonly [path: string, text: string])[] = [];
  const visit = (path: string, part: unknown): void => {
    if (Array.isArray(part)) rows.push([path, part.join(", ")]);
    else if (typeof part === "object" && part !== null)
      for (const [name, inner] of Object.entries(part)) visit(path === "" ? name : `${path}.${name}`, inner);
    else if (part !== undefined && part !== null) rows.push([path, String(part)]);
  };
  visit("", value);
  const width = Math.max(0, ...rows.map(([path]) => path.length));
  return rows.map(([path, text]) => `${path.padEnd(width)}  ${text}`);
}

/** Writes a value of many parts: as one line of JSON, or a row a part. */
export function answerFacts(io: Io, options: AnswerOptions, value: object): void {
  if (options.json) json(io, value);
  else for (const line of factLines(value)) io.line(printable(line));
}
