import { describe, expect, test } from "vitest";
import { fold, unfold } from "./fold.ts";
import { canonical, fromEvent, fromNotes, type GridNote, gridKey, hamming, toEvent, toNotes } from "./grid.ts";
import { patternClass, patternTable } from "./pattern.ts";

/** A small generator: tests need no more. */
const dice = (seed: number) => (n: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};

describe("patterns", () => {
  test("81 distinct ones, sparse to dense, in the order of the published figures", () => {
    expect(new Set(patternTable.map((p) => p.join(""))).size).toBe(81);
    const text = patternTable.map((p) => p.join("")).join(" ");
    expect(text.slice(0, 39)).toBe("2222 1222 2122 2212 2221 1122 1212 1221");
    expect(text.slice(80, 124)).toBe("2220 2202 2022 0222 1220 2120 2210 1202 2102");
    expect(text.slice(-44)).toBe("2000 0200 0020 0002 1000 0100 0010 0001 0000");
    patternTable.forEach((p, i) => void expect(patternClass(p)).toBe(i));
  });
});

describe("the grid", () => {
  test("gives equal melodies equal grids", () => {
    const steps = new Array<number>(32).fill(-1);
    steps[8] = 60;
    const a = canonical(steps);
    const b = canonical(steps.map((s, t) => (t < 8 ? 0 : s)));
    expect(a).toEqual(b);
    expect(a.slice(0, 9)).toEqual([0, -1, -1, -1, -1, -1, -1, -1, 60]);
    expect(gridKey(a)).toBe(gridKey(b));
  });

  test("passes through events and notes unchanged, 500 random melodies", () => {
    const roll = dice(1);
    for (let i = 0; i < 500; i++) {
      const grid = canonical(Array.from({ length: 32 }, () => [-1, 0, 50 + roll(37)][roll(3)]!));
      expect(fromEvent(toEvent(grid))).toEqual(grid);
      expect(fromNotes(toNotes(grid))).toEqual(grid);
      expect(hamming(grid, grid)).toBe(0);
    }
  });

  test("counts differing steps", () => {
    expect(hamming(fromNotes([[60, 0, 4]]), fromNotes([[62, 0, 8]]))).toBe(3);
  });

  test.each<[string, GridNote[]]>([
    [
      "before the last one ends",
      [
        [60, 0, 4],
        [62, 3, 1],
      ],
    ],
    ["does not lie within 32", [[60, 30, 4]]],
    ["does not lie within 32", [[60, -1, 4]]],
    ["does not lie within 32", [[60, 0, 0]]],
    ["whole numbers", [[60.5, 0, 4]]],
    ["whole numbers", [[60, Number.NaN, 4]]],
    ["outside 50 to 86", [[90, 0, 4]]],
  ])("refuses notes: %s", (sentence, notes) => {
    expect(() => fromNotes(notes)).toThrow(sentence);
  });

  test("refuses events with foreign tokens", () => {
    expect(() => fromEvent([81])).toThrow("40 tokens");
    expect(() => fromEvent(new Float32Array(40).fill(81))).toThrow("step 0");
    expect(() => fromEvent(new Float32Array(40).fill(0.5))).toThrow("step 0");
  });
});

describe("folding", () => {
  test("is undone for every pitch", () => {
    for (let pitch = -40; pitch < 150; pitch++) {
      const notes: GridNote[] = [
        [pitch, 2, 3],
        [60, 5, 1],
        [pitch, 20, 12],
      ];
      const { grid, folds } = fold(notes);
      expect(unfold(grid, folds)).toEqual(notes);
      expect(folds[1]).toBe(0);
      expect(folds[0] === 0).toBe(pitch >= 50 && pitch <= 86);
    }
  });
  test("takes one number a note", () => {
    expect(() => unfold(fromNotes([[60, 0, 4]]), [])).toThrow("1 notes");
  });
});
