/** Parts of tune books. */
import { readTunes } from "@normflow/music";
import { expect, test } from "vitest";
import { bookParts, checkText } from "./text-size.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const book = `%abc\nM:4/4\nL:1/8\nQ:1/4=77\n\n${Array.from({ length: 3000 }, (_, i) => `X:${i + 1}\nT:Tune é${i + 1}\nK:G\nGABc dedB|\n`).join("\n")}`;

test("a book in parts gives the tunes of the whole, under its header", () => {
  const parts = [...bookParts(bytes(book))];
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.flatMap((part) => readTunes("a.abc", part).tunes)).toEqual(readTunes("a.abc", bytes(book)).tunes);
});

test("what is small or no book stays whole", () => {
  const prose = bytes("once upon a time\n".repeat(9000));
  expect([...bookParts(prose)]).toEqual([prose]);
  const small = bytes("X:1\nK:C\nC\n\nX:2\nK:C\nC\n");
  expect([...bookParts(small)]).toEqual([small]);
});

test("a book of UTF-16 is measured by its letters", () => {
  const tune = `X:1\nK:C\n${"CDEF ".repeat(8000)}\n`;
  const wide = (text: string): Uint8Array =>
    Uint8Array.from([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);
  expect(() => checkText("a.abc", wide(tune + tune))).not.toThrow();
  expect(() => checkText("a.abc", wide(tune + "CDEF ".repeat(8000)))).toThrow("longer than 64 KiB");
  expect(() => checkText("a.abc", new Uint8Array(2 ** 20 + 1))).toThrow("larger than 1 MiB");
});
