/**
 * Reads the tunes of an ABC file.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import type { Tune } from "../tune/tune.ts";
import { AbcTuneReader } from "./tune.ts";

/** A tune of a file that cannot be read, and why. */
export interface RefusedTune {
  readonly reference: string;
  readonly title: string;
  readonly error: FormatError;
}

/** What an ABC file holds. */
export interface AbcFile {
  readonly tunes: readonly Tune[];
  readonly refused: readonly RefusedTune[];
}

const LONGEST = 2 ** 24;
const MOST_TUNES = 100_000;

/**
 * Reads the tunes of an ABC file: of each its first voice, every bar once, in the order written.
 * A tune that cannot be read is refused with a reason and the others are given.
 * @param text decoded, see {@link decodeText}
 * @param fileName gives the title where a tune has none
 * @throws FormatError `abc-no-tunes` when no line starts a tune, `abc-binary`, `abc-too-large`
 */
export function readAbc(text: string, fileName: string): AbcFile {
  if (text.length > LONGEST)
    throw new FormatError("abc-too-large", "The file is larger than 16 million characters: it is no tune book.", {
      hint: "Split it into smaller files.",
    });
  if (text.includes("\0"))
    throw new FormatError("abc-binary", "The file is not text.", { hint: "Pass ABC as text, in UTF-8." });
  const lines = text.replace(/^\ufeff/, "").split(/\r\n?|\n/);
  const starts = lines.flatMap((line, i) => (/^X:/.test(line) ? [i] : []));
  if (starts.length === 0)
    throw new FormatError("abc-no-tunes", "No line starts a tune (X:).", {
      hint: "A tune starts with X:1 and has K: before its notes.",
    });
  if (starts.length > MOST_TUNES)
    throw new FormatError("abc-too-large", "The file has more than 100,000 tunes: it is no tune book.", {
      hint: "Split it into smaller files.",
    });
  // Fields before the first tune hold for all of them.
  const header = lines.slice(0, Math.min(starts[0]!, 1000)).filter((line) => /^[MLQ]:/.test(line));
  const tunes: Tune[] = [];
  const refused: RefusedTune[] = [];
  starts.forEach((start, i) => {
    const reference = lines[start]!.slice(2, 200).replace(/%.*/, "").trim().slice(0, 40) || `${i + 1}`;
    const reader = new AbcTuneReader();
    try {
      reader.read([...header, ...lines.slice(start + 1, starts[i + 1])]);
      tunes.push(reader.finish(reference, fileName));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      refused.push({ reference, title: reader.name, error });
    }
  });
  return { tunes, refused };
}
