/** Damaged and hostile files of every format: each is read or refused in one sentence, fast. */
import { readFileSync } from "node:fs";
import { FormatError } from "@normflow/core";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readTunes } from "./read-tunes.ts";
import type { TuneNote } from "./tune.ts";

const fixture = (path: string): Uint8Array => readFileSync(new URL(`../../fixtures/${path}`, import.meta.url));

const isSound = ({ pitch, start, duration }: TuneNote): boolean =>
  Number.isInteger(pitch) && pitch >= 0 && pitch <= 127 && Number.isFinite(start) && start >= 0 && duration > 0;

/** Returns why a file is refused, or undefined when something of it is read. */
function refusal(name: string, bytes: Uint8Array): FormatError | undefined {
  try {
    const { tunes, refused } = readTunes(name, bytes);
    expect(tunes.length + refused.length).toBeGreaterThan(0);
    for (const { error } of refused) expectSentence(error);
    const odd = tunes.flatMap((tune) => tune.notes.filter((note) => !isSound(note)));
    expect(odd).toEqual([]);
    return undefined;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expectSentence(error);
    return error;
  }
}

function expectSentence({ code, message }: FormatError): void {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(message).toMatch(/^[A-Z“][^\n]*\S$/);
  expect(message.length).toBeLessThan(300);
}

/** A small generator: tests need no more. */
const dice = (seed: number) => (n: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};

const SMALL = [
  "midi/tuplets.mid",
  "midi/wide-steps.mid",
  "midi/two-voices.mid",
  "abc/silences.abc",
  "abc/two-voices.abc",
  "musicxml/borrowed-notes.musicxml",
  "musicxml/amazing-grace.mxl",
];

describe.each(SMALL)("%s", (path) => {
  const whole = fixture(path);

  test("cut off anywhere", () => {
    for (let end = 0; end < whole.length; end++) {
      const error = refusal(path, whole.subarray(0, end));
      if (path.endsWith(".mid")) expect(error, `cut after ${end} bytes`).toBeDefined();
    }
  });

  test("with bytes changed", () => {
    const roll = dice(7);
    for (let i = 0; i < 500; i++) {
      const damaged = whole.slice();
      for (let k = 0; k <= roll(4); k++) damaged[roll(damaged.length)] = [0, 0xff, 0x7f, 0x80, roll(256)][roll(5)]!;
      refusal(path, damaged);
    }
  });
});

const chunk = (name: string, claimed: number, data: readonly number[]): number[] => [
  ...strToU8(name),
  ...[24, 16, 8, 0].map((shift) => (claimed >>> shift) & 255),
  ...data,
];
const midi = (header: readonly number[], ...tracks: readonly number[][]): Uint8Array =>
  Uint8Array.from([...chunk("MThd", 6, header), ...tracks.flat()]);

const note = [0, 0x90, 60, 64, 96, 0x80, 60, 0];
const END = [0, 0xff, 0x2f, 0];
const HUGE = [0xff, 0xff, 0xff, 0x7f];
const tune = (music: string): Uint8Array => strToU8(`X:1\nT:x\nM:4/4\nK:C\n${music}\n`);
const score = (body: string): Uint8Array =>
  strToU8(`<?xml version="1.0"?><score-partwise><part id="P1">${body}</part></score-partwise>`);
const entities = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from("bcdefghij", (c, i) => `<!ENTITY ${c} "${`&${"abcdefghi"[i]};`.repeat(10)}">`).join("")}]>`;
const repeat = (text: string, megabytes: number): string => text.repeat(Math.ceil((megabytes * 2 ** 20) / text.length));

describe("is refused in a sentence, within two seconds:", () => {
  test.each<[string, string, () => Uint8Array]>([
    ["text named .mid", "a.mid", () => strToU8("this is no music\n")],
    ["an empty file", "a.mid", () => new Uint8Array()],
    ["zeros", "a.mid", () => new Uint8Array(4096)],
    ["a header alone", "a.mid", () => midi([0, 0, 0, 1, 1, 0xe0])],
    ["no resolution", "a.mid", () => midi([0, 0, 0, 1, 0, 0], chunk("MTrk", 12, [...note, ...END]))],
    ["film frames", "a.mid", () => midi([0, 0, 0, 1, 0xe7, 40], chunk("MTrk", 12, [...note, ...END]))],
    ["type 2", "a.mid", () => midi([0, 2, 0, 1, 1, 0xe0], chunk("MTrk", 12, [...note, ...END]))],
    [
      "a track of two gigabytes",
      "a.mid",
      () => midi([0, 0, 0, 1, 1, 0xe0], chunk("MTrk", 0x7fffffff, [...note, ...END])),
    ],
    ["65,535 tracks announced", "a.mid", () => midi([0, 1, 0xff, 0xff, 1, 0xe0], chunk("MTrk", 12, [...note, ...END]))],
    ["a sysex of 268 MB", "a.mid", () => midi([0, 0, 0, 1, 1, 0xe0], chunk("MTrk", 7, [0, 0xf0, ...HUGE, 1]))],
    ["a text of 268 MB", "a.mid", () => midi([0, 0, 0, 1, 1, 0xe0], chunk("MTrk", 8, [0, 0xff, 1, ...HUGE, 1]))],
    [
      "a time of five bytes",
      "a.mid",
      () => midi([0, 0, 0, 1, 1, 0xe0], chunk("MTrk", 8, [0xff, 0xff, 0xff, 0xff, 0x7f, 0x90, 60, 64])),
    ],
    ["a status that never was", "a.mid", () => midi([0, 0, 0, 1, 1, 0xe0], chunk("MTrk", 7, [0, 60, 64, ...END]))],
    [
      "drums alone",
      "a.mid",
      () => midi([0, 0, 0, 1, 1, 0xe0], chunk("MTrk", 12, [0, 0x99, 60, 64, 96, 0x89, 60, 0, ...END])),
    ],
    ["40 MB of zeros named .mid", "a.mid", () => new Uint8Array(40 * 2 ** 20)],
    ["prose", "a.abc", () => strToU8("Once upon a time there was no tune.\n")],
    ["bytes", "a.abc", () => Uint8Array.from({ length: 4096 }, (_, i) => (i * 37) % 256)],
    ["40 MB of tunes", "a.abc", () => strToU8(repeat("X:1\nK:C\nC|\n", 40))],
    ["text", "a.musicxml", () => strToU8("hello")],
    ["a web page", "a.xml", () => strToU8("<html><body>hello</body></html>")],
    ["an entity bomb", "a.xml", () => strToU8(`${entities}<score-partwise>&j;</score-partwise>`)],
    [
      "a file of this machine as entity",
      "a.xml",
      () => strToU8(`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><score-partwise>&x;</score-partwise>`),
    ],
    ["300,000 elements deep", "a.xml", () => strToU8(`<?xml version="1.0"?>${"<a>".repeat(300_000)}`)],
    [
      "measure by measure",
      "a.xml",
      () => strToU8("<score-timewise><measure><part id='P1'/></measure></score-timewise>"),
    ],
    [
      "divisions of zero",
      "a.xml",
      () =>
        score(
          "<measure><attributes><divisions>0</divisions></attributes><note><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration></note></measure>",
        ),
    ],
    ["no notes", "a.xml", () => score("<measure/>")],
    ["a damaged zip", "a.mxl", () => Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0)],
    ["a zip without a score", "a.mxl", () => zipSync({ "readme.txt": strToU8("hello") })],
    ["a zip bomb", "a.mxl", () => zipSync({ "a.xml": new Uint8Array(100 * 2 ** 20) }, { level: 9 })],
    ["a picture", "a.png", () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)],
  ])("%s", (_, name, make) => {
    const bytes = make();
    const begin = performance.now();
    expect(refusal(name, bytes)).toBeDefined();
    expect(performance.now() - begin).toBeLessThan(2000);
  });

  test.each<[string, string]>([
    ["a note above MIDI", "c''''''''''''"],
    ["only rests", "z8|z8|"],
    ["an unknown key", "C D [K:Q] E F|"],
    ["a meter of nothing", "C D [M:4/0] E F|"],
    ["no time at all", "C D [L:1/0] E F|"],
    ["days of rest", "Z999999999 C|".repeat(50)],
  ])("of a tune, %s", (_, music) => {
    const { tunes, refused } = readTunes("a.abc", tune(music));
    expect(tunes).toEqual([]);
    expect(refused).toHaveLength(1);
    expectSentence(refused[0]!.error as FormatError);
  });
});

test("megabytes of openings that nothing closes are read or refused in seconds", () => {
  for (const open of [
    "[",
    "{",
    '"',
    "!",
    "+",
    "(3",
    "(",
    "[K:",
    "[V:",
    "[r:",
    '["',
    "-",
    "<",
    "&",
    "C,",
    "^",
    "%",
    "\\",
    "|:",
    "[1",
    "y",
    "Z",
  ]) {
    const begin = performance.now();
    refusal("a.abc", tune(`CDEF ${repeat(open, 0.25)}`));
    refusal("a.abc", tune(`CDEF|\n${repeat(`${open} ]\n`, 0.25)}`));
    expect(performance.now() - begin, open).toBeLessThan(4000);
  }
});
