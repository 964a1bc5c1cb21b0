/**
 * Reads the tunes of a file of any format, by what is in it and what it is called.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { decodeText } from "../abc/decode-text.ts";
import { type RefusedTune, readAbc } from "../abc/read-abc.ts";
import { readMidi } from "../midi/read-midi.ts";
import { readMusicXml } from "../musicxml/read-musicxml.ts";
import type { Tune, TuneFormat } from "./tune.ts";

/** Extensions, in lower case and with the dot, of files that may hold tunes. */
export const tuneExtensions: Readonly<Record<string, TuneFormat>> = {
  ".mid": "midi",
  ".midi": "midi",
  ".abc": "abc",
  ".mxl": "musicxml",
  ".xml": "musicxml",
  ".musicxml": "musicxml",
};

/** More than any tune book; above it, reading text alone would take the memory of a small machine. */
const MOST_BYTES = 32 * 2 ** 20;

/** The tunes of a file, and those of a tune book that cannot be read. */
export interface TuneFile {
  readonly tunes: readonly Tune[];
  readonly refused: readonly RefusedTune[];
}

function sniff(head: string): TuneFormat | undefined {
  if (head.startsWith("MThd")) return "midi";
  if (head.startsWith("PK\x03\x04") || /^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<(\?xml|!DOCTYPE|score-)/.test(head))
    return "musicxml";
  if (/^(\xef\xbb\xbf)?(%abc|X:)/.test(head) || /[\r\n]X:\s*\d/.test(head)) return "abc";
  return undefined;
}

/**
 * Reads every tune of a file: one of MIDI and MusicXML, as many as an ABC file has.
 * @param fileName its extension says what the file should be; bytes that are plainly something else are read as that
 * @throws FormatError `empty`, `too-large`, `unknown-format`, and what the readers of each format throw
 */
export function readTunes(fileName: string, bytes: Uint8Array): TuneFile {
  if (bytes.length === 0)
    throw new FormatError("empty", "The file is empty.", { hint: "Take another file: there is nothing in this one." });
  if (bytes.length > MOST_BYTES)
    throw new FormatError(
      "too-large",
      `A file of ${Math.round(bytes.length / 2 ** 20)} MiB is not a book of melodies.`,
      { hint: "Split it into smaller files." },
    );
  const extension = /\.[^./\\]*$/.exec(fileName)?.[0].toLowerCase() ?? "";
  const format = sniff(String.fromCharCode(...bytes.subarray(0, 4096))) ?? tuneExtensions[extension];
  if (format === "midi") return { tunes: [readMidi(bytes, fileName)], refused: [] };
  if (format === "musicxml") return { tunes: [readMusicXml(bytes, fileName)], refused: [] };
  if (format === "abc") return readAbc(decodeText(bytes), fileName);
  throw new FormatError("unknown-format", `The file ${fileName} is neither MIDI nor ABC nor MusicXML.`, {
    hint: "Pass .mid, .abc, .musicxml or .mxl.",
  });
}
