/**
 * Titles from anywhere as plain text: one line, nothing that hides or turns around what follows.
 *
 * @module
 */

/** Controls, line separators, marks and overrides of writing direction, halves of characters, invisible tags. */
const UNSEEN =
  /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]+/gu;

/** Characters as people count them, where the language knows; code points elsewhere. */
function characters(text: string): string[] {
  if (typeof Intl === "undefined" || !("Segmenter" in Intl)) return [...text];
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/** Takes characters from the start while their sizes stay within a limit; of a huge first one, its code points. */
function within(text: string, limit: number, size: (text: string) => number): string {
  const take = (parts: readonly string[]): string => {
    let taken = "";
    let room = limit;
    for (const part of parts) {
      room -= size(part);
      if (room < 0) break;
      taken += part;
    }
    return taken;
  };
  return take(characters(text)) || take([...text]);
}

const utf8 = new TextEncoder();

/** Returns a text as it may be a title: what cannot be seen gives way to a space. Its length stays. */
export const titleText = (text: string): string => text.replace(UNSEEN, " ");

/** Returns a title cut to bytes of UTF-8, at the boundary of a character. */
export function cutBytes(text: string, bytes: number): string {
  // No character takes less than a byte: what lies far beyond the limit need not be looked at.
  const clean = titleText(text.slice(0, 4 * bytes));
  return utf8.encode(clean).length <= bytes ? clean : within(clean, bytes, (part) => utf8.encode(part).length);
}

/** Returns a text from a file as a title of one line: trimmed, without runs of space, cut to characters. */
export function fileTitle(text: string, most: number): string {
  const clean = titleText(text.slice(0, 40 * most))
    .replace(/\s+/gu, " ")
    .trim();
  return clean.length <= most ? clean : within(clean, most, (part) => part.length).trim();
}
