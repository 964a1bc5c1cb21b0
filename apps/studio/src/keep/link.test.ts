/** Links: every field survives, no damage passes, nothing hangs. */
import { FlowError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { emptySide, type Piece, type Side } from "../piece/piece.ts";
import { seal, unseal } from "./envelope.ts";
import { decodePiece, encodePiece, linkable, linkTo, toHundredth, toTenth } from "./link.ts";
import { dice, pick, randomNotes, randomPiece } from "./testing/random-piece.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Two folded melodies, one varied, everything off its default. Made by version 1: it must open for ever. */
const GOLDEN: Piece = {
  a: {
    title: "Ríl an Dúin ♫",
    notes: [
      { pitch: 62, start: 0, length: 2, fold: 0 },
      { pitch: 66, start: 2, length: 1, fold: 1 },
      { pitch: 86, start: 3, length: 1, fold: 0 },
      { pitch: 50, start: 8, length: 24, fold: -1 },
    ],
    origin: [{ pitch: 60, start: 4, length: 4, fold: 0 }],
    shape: { register: 0.25, density: -1, leaps: 0.01 },
    place: { keyShift: 2, octaveShift: -12 },
    voice: "fiddle",
    locked: [0, 1, 31],
  },
  b: {
    ...emptySide("", "whistle"),
    notes: Array.from({ length: 32 }, (_, start) => ({ pitch: 50 + start, start, length: 1, fold: 0 })),
    origin: Array.from({ length: 32 }, (_, start) => ({ pitch: 50 + start, start, length: 1, fold: 0 })),
  },
  tempo: 112.5,
  scale: "dorian",
  path: { points: 9, preset: "smooth" },
  seed: 4294967295,
  temperature: 0.85,
  similarity: 0.7,
};
const GOLDEN_LINK =
  "AQBUM0jUZzGOrTHpRenurjE3pXuFZm2mqOO-NXFqhFEMqAOMHqQKapbKcdDMG2dG9U19DXc8eVd0jyMNWZYVlgWbs6v2vtYk-YQKLso0Dt_6yHXH_CcGLF5Psw";

const refusal = (text: string): FlowError | undefined => {
  try {
    decodePiece(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    expect(error.message).toMatch(/^[A-Z][^\n]+\.$/);
    expect(error.hint).toMatch(/\.$/);
    return error;
  }
};

describe("a link", () => {
  test("gives back 2,000 random pieces exactly, in the same text", () => {
    const roll = dice(1);
    for (let i = 0; i < 2000; i++) {
      const piece = randomPiece(roll);
      const link = encodePiece(piece);
      expect(link).toMatch(/^[\w-]+$/);
      expect(decodePiece(link)).toEqual({ piece });
      expect(encodePiece(decodePiece(link).piece)).toBe(link);
      expect(linkable(piece)).toEqual(piece);
    }
  });

  test("of version 1 opens for ever", () => {
    expect(encodePiece(GOLDEN)).toBe(GOLDEN_LINK);
    expect(decodePiece(GOLDEN_LINK)).toEqual({ piece: GOLDEN });
  });

  test("takes at most 400 characters for two full melodies with originals and titles", () => {
    const roll = dice(2);
    const title = "The Lark in the Morning of a May, ♯2 ♫";
    const page = "https://music.example-university.edu/~someone/studio/";
    let longest = 0;
    for (let i = 0; i < 500; i++) {
      const full = () =>
        Array.from({ length: 32 }, (_, start) => ({ pitch: 50 + roll(37), start, length: 1, fold: 0 }));
      const side = (): Side => ({
        title,
        notes: full(),
        origin: full(),
        shape: { register: 0.5, density: 0.5, leaps: -0.25 },
        place: { keyShift: 2, octaveShift: 12 },
        voice: "fiddle",
        locked: [1, 2, 3],
      });
      const link = linkTo(page, { ...randomPiece(roll), a: side(), b: side() });
      longest = Math.max(longest, link.length);
    }
    console.log(`longest link of two full melodies: ${longest} characters`);
    expect(longest).toBeLessThanOrEqual(400);
  });

  test("keeps the longest titles, the widest folds and the fullest melodies within 450", () => {
    const wide = Array.from({ length: 32 }, (_, start) => ({ pitch: 86, start, length: 1, fold: (start % 11) - 5 }));
    const side: Side = {
      title: "ß".repeat(20),
      notes: wide,
      origin: [...wide].reverse().map((note, start) => ({ ...note, start })),
      shape: { register: 1, density: -1, leaps: 0.3 },
      place: { keyShift: -11, octaveShift: 120 },
      voice: "fiddle",
      locked: [0],
    };
    const piece = { ...GOLDEN, a: side, b: side };
    expect(decodePiece(encodePiece(piece)).piece).toEqual(piece);
    expect(linkTo("https://studio.example/", piece).length).toBeLessThanOrEqual(450);
  });

  test("of two ordinary melodies is short", () => {
    const notes = Array.from({ length: 14 }, (_, i) => ({ pitch: 60 + i, start: 2 * i, length: 2, fold: 0 }));
    const side = { ...emptySide("Seed 7"), notes, origin: notes };
    expect(encodePiece({ ...GOLDEN, a: side, b: side }).length).toBeLessThan(130);
  });

  test("opens with # and spaces around it, and is written behind any address", () => {
    expect(decodePiece(` #${GOLDEN_LINK}\n`).piece).toEqual(GOLDEN);
    expect(linkTo("https://x.example/studio/#old", GOLDEN)).toBe(`https://x.example/studio/#${GOLDEN_LINK}`);
  });

  test("stands for the piece, not for how its lists are ordered", () => {
    const side = (s: Side): Side => ({ ...s, notes: [...s.notes].reverse(), locked: [...s.locked].reverse() });
    expect(encodePiece({ ...GOLDEN, a: side(GOLDEN.a) })).toBe(GOLDEN_LINK);
  });
});

describe("what a link cannot hold is brought to what it can", () => {
  test("numbers", () => {
    const odd = linkable({
      ...GOLDEN,
      a: { ...GOLDEN.a, shape: { register: 7, density: -0.001, leaps: Number.NaN }, locked: [40, 3, 3, 1] },
      tempo: 1e9,
      temperature: 0.333333,
      similarity: -3,
      seed: 2 ** 40,
      path: { points: 99, preset: "smooth" },
    });
    expect(odd.a.shape).toEqual({ register: 1, density: 0, leaps: -1 });
    expect(odd.a.locked).toEqual([1, 3]);
    expect(odd).toMatchObject({
      tempo: 240,
      temperature: 0.33,
      similarity: 0,
      seed: 2 ** 32 - 1,
      path: { points: 17 },
    });
    expect(decodePiece(encodePiece(odd)).piece).toEqual(odd);
    expect([toHundredth(-0.001), toHundredth(0.125), toTenth(99.96)]).toEqual([0, 0.13, 100]);
  });

  test.each([
    ["plain letters", "x".repeat(60), "x".repeat(40)],
    ["two bytes each", "é".repeat(30), "é".repeat(20)],
    ["a note cut in half", `${"x".repeat(38)}♫♫`, "x".repeat(38)],
    ["one picture of several parts", `${"x".repeat(30)}👩‍🎤`, "x".repeat(30)],
    ["half a character", "a\ud800b", "a b"],
    ["controls and turned text", "a\u0000\u202eb\n", "a b "],
  ])("titles: %s", (_, title, cut) => {
    const piece = { ...GOLDEN, a: { ...GOLDEN.a, title } };
    expect(decodePiece(encodePiece(piece)).piece.a.title).toBe(cut);
    expect(linkable(piece).a.title).toBe(cut);
    expect(linkable(linkable(piece))).toEqual(linkable(piece));
  });

  test("notes that overlap are refused", () => {
    const notes = [
      { pitch: 60, start: 0, length: 4, fold: 0 },
      { pitch: 62, start: 2, length: 4, fold: 0 },
    ];
    expect(() => encodePiece({ ...GOLDEN, a: { ...GOLDEN.a, notes } })).toThrow(FlowError);
  });
});

describe("damage", () => {
  test("of any character of a link is noticed", () => {
    for (let i = 0; i < GOLDEN_LINK.length; i++)
      for (const letter of ALPHABET)
        if (letter !== GOLDEN_LINK[i])
          expect(refusal(GOLDEN_LINK.slice(0, i) + letter + GOLDEN_LINK.slice(i + 1))).toBeDefined();
  });

  test("of 1,000 links by a character, a bit, a swap, a cut, more is noticed", () => {
    const roll = dice(3);
    for (let i = 0; i < 1000; i++) {
      const link = encodePiece(randomPiece(roll));
      const at = roll(link.length);
      const other = pick(
        roll,
        [...ALPHABET].filter((c) => c !== link[at]),
      );
      const bit = ALPHABET[ALPHABET.indexOf(link[at]!) ^ (1 << roll(6))]!;
      const damaged = [
        link.slice(0, at) + other + link.slice(at + 1),
        link.slice(0, at) + bit + link.slice(at + 1),
        link.slice(0, at),
        link.slice(0, at) + link.slice(at + 1),
        link.slice(0, at) + other + link.slice(at),
        link + other,
        `${link.slice(0, at)}%20${link.slice(at)}`,
      ];
      for (const text of damaged) {
        const error = refusal(text);
        expect(error?.code, text).toMatch(/^link-(rubbish|damaged)$/);
      }
      expect(refusal(link.toLowerCase())).toBeDefined();
    }
  });

  test("random text never opens, crashes or hangs", () => {
    const roll = dice(4);
    const letters = [...`${ALPHABET}%#./?&=+ é♫😀\u0000\ud800`];
    const begin = performance.now();
    for (let i = 0; i < 10_000; i++) {
      const own = roll(2) === 0;
      const text = Array.from({ length: roll(300) }, () => (own ? ALPHABET[roll(64)]! : pick(roll, letters))).join("");
      expect(refusal(text)).toBeDefined();
    }
    for (const text of ["", "#", "A", "AAAA", "A".repeat(4096), "A".repeat(5_000_000), "[object Object]", "{}"])
      expect(refusal(text)).toBeDefined();
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test("made up on purpose, with a right checksum, gives a sound piece or a sentence", () => {
    const roll = dice(5);
    for (let i = 0; i < 2000; i++) {
      const { content } = unseal(encodePiece(randomPiece(roll)), 1);
      const forged = content.slice(0, roll(4) === 0 ? roll(content.length) : content.length);
      for (let k = 0; k <= roll(4) && forged.length > 0; k++) forged[roll(forged.length)] = roll(256);
      if (forged.length === 0) continue;
      const text = seal(1, forged);
      if (refusal(text)) continue;
      const { piece } = decodePiece(text);
      expect(linkable(piece)).toEqual(piece);
    }
  });

  test.each([
    ["rubbish", "hello world", "link-rubbish"],
    ["another page's hash", "#section-2", "link-rubbish"],
    ["a link cut short", GOLDEN_LINK.slice(0, -5), "link-damaged"],
    ["a link cut shorter", GOLDEN_LINK.slice(0, 41), "link-damaged"],
    ["a newer version", seal(2, new Uint8Array(9)), "link-newer"],
    ["the newest version", seal(255, new Uint8Array(500)), "link-newer"],
    ["version 0", seal(0, new Uint8Array(9)), "link-damaged"],
    ["nothing in it", seal(1, new Uint8Array(6)), "link-damaged"],
  ])("%s is told apart", (_, text, code) => {
    expect(refusal(text)?.code).toBe(code);
  });
});

describe("a link of a newer studio", () => {
  test("of another version says so", () => {
    expect(refusal(seal(2, new Uint8Array(9)))?.message).toContain("made by a newer studio");
  });
  test("of this version with more in it opens with a warning", () => {
    const { content } = unseal(GOLDEN_LINK, 1);
    const read = decodePiece(seal(1, Uint8Array.of(...content, 7, 8, 9)));
    expect(read.piece).toEqual(GOLDEN);
    expect(read.warning).toContain("newer studio");
  });
});

test("a link takes little time", () => {
  const roll = dice(6);
  const pieces = Array.from({ length: 300 }, () => ({
    ...randomPiece(roll),
    b: { ...GOLDEN.b, origin: randomNotes(roll) },
  }));
  const begin = performance.now();
  const links = pieces.map(encodePiece);
  const middle = performance.now();
  links.map(decodePiece);
  const end = performance.now();
  console.log(
    `a link: ${((middle - begin) / 300).toFixed(2)} ms to write, ${((end - middle) / 300).toFixed(2)} ms to read`,
  );
  expect((end - begin) / 300).toBeLessThan(20);
});
