/**
 * Tune books by size: reading takes time while the page waits, so a book is read in parts, and none is endless.
 *
 * @module
 */
import { refuse } from "./refuse.ts";

/** The thousand tunes of a printed collection take half. */
const MOST_BYTES = 2 ** 20;

/** Hundreds of bars. */
const MOST_TUNE_BYTES = 64 * 2 ** 10;

/** Some hundred melodies. */
const PART_BYTES = 32 * 2 ** 10;

const [X, COLON, LINE_FEED, RETURN] = [0x58, 0x3a, 0x0a, 0x0d];

/** Returns whether a file that may hold notes is none of MIDI, zip and XML. */
export const isTuneText = (bytes: Uint8Array): boolean =>
  !/^(?:MThd|PK|\W{0,3}\s*<)/.test(String.fromCharCode(...bytes.subarray(0, 32)));

/**
 * Refuses text that is too long for a tune book, or has a tune that is.
 * @throws {FormatError} `file-size`
 */
export function checkText(name: string, bytes: Uint8Array): void {
  if (bytes.length > MOST_BYTES)
    throw refuse(
      "file-size",
      `${name} is larger than ${MOST_BYTES / 2 ** 20} MiB: that is too much for one tune book.`,
      "Cut it into several files.",
    );
  let start = 0;
  for (const at of [...tuneStarts(bytes), bytes.length]) {
    // The letters of UTF-16 are twice as wide.
    if (at - start > (isWide(bytes) ? 2 : 1) * MOST_TUNE_BYTES)
      throw refuse("file-size", `A tune of ${name} is longer than 64 KiB of text: it is not one melody.`);
    start = at;
  }
}

const isWide = ([a, b]: Uint8Array): boolean => (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);

/** The bytes at which tunes start: an X: at the start of a line. */
function tuneStarts(bytes: Uint8Array): number[] {
  const step = isWide(bytes) ? 2 : 1;
  const starts: number[] = [];
  for (let at = bytes[0] === 0xfe ? 1 : 0; at < bytes.length; at += step) {
    const before = at < step ? LINE_FEED : bytes[at - step];
    if (bytes[at] === X && bytes[at + step] === COLON && (before === LINE_FEED || before === RETURN)) starts.push(at);
  }
  return starts;
}

/** Cuts a tune book into parts of whole tunes, each with the header of the book; another file stays whole. */
export function* bookParts(bytes: Uint8Array): Generator<Uint8Array> {
  const starts = bytes.length <= PART_BYTES || isWide(bytes) || !isTuneText(bytes) ? [] : tuneStarts(bytes);
  const [first] = starts;
  if (first === undefined) {
    yield bytes;
    return;
  }
  const header = bytes.subarray(0, first);
  let from = first;
  for (const end of [...starts.slice(1), bytes.length]) {
    if (end - from < PART_BYTES && end < bytes.length) continue;
    const part = new Uint8Array(header.length + end - from);
    part.set(header);
    part.set(bytes.subarray(from, end), header.length);
    yield part;
    from = end;
  }
}
