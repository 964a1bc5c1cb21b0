import { describe, expect, test } from "vitest";
import { fromNotes, type Grid, type GridNote } from "../grid/grid.ts";
import { copies, nearCopies } from "./copies.ts";
import { features } from "./features.ts";
import { meanOverlappingArea, overlappingArea } from "./overlapping-area.ts";
import { distinctMelodies, largestStep, pathOverEnds } from "./path.ts";

const line = (...pitches: number[]): Grid => fromNotes(pitches.map((p, i): GridNote => [p, 2 * i, 2]));

describe("features", () => {
  test("of four notes", () => {
    expect(features(line(60, 64, 67, 60))).toEqual({
      pitches: 3,
      range: 7,
      interval: (4 + 3 + 7) / 3,
      notes: 4,
      spacing: 2,
      entropy: 1.5,
      groove: 12 / 16,
    });
  });
  test("need two notes", () => expect(features(line(60))).toBeUndefined());
});

describe("overlapping area", () => {
  test("is 1 for equal sets, near 0 for distant ones", () => {
    expect(overlappingArea([1, 2, 3], [1, 2, 3])).toBeCloseTo(1, 12);
    expect(overlappingArea([5], [5, 5])).toBe(1);
    expect(overlappingArea([0, 1], [1000, 1001])).toBeLessThan(1e-6);
    expect(() => overlappingArea([], [1])).toThrow("both sides");
  });
  test("equals figures made by NumPy", () => {
    expect(overlappingArea([1, 2, 2, 3, 7], [2, 3, 4, 4.5])).toBeCloseTo(0.7542601984810435, 9);
    expect(overlappingArea([3, 3, 3], [3, 4])).toBeCloseTo(0.0337958574188706, 9);
  });
  test("of sets of melodies is the mean over features", () => {
    const set = [line(60, 62, 64), line(60, 67, 72, 71), line(60)];
    expect(meanOverlappingArea(set, set)).toBeCloseTo(1, 12);
  });
});

describe("paths", () => {
  const path = [line(60, 62), line(60, 64), line(62, 64), line(62, 62)];
  test("length over ends, largest step, distinct melodies", () => {
    expect(pathOverEnds(path)).toBe(3);
    expect(largestStep(path)).toBe(1 / 32);
    expect(distinctMelodies([...path, path[0]!])).toBe(4);
    expect(pathOverEnds([path[0]!, path[0]!])).toBe(1);
    expect(pathOverEnds([path[0]!, path[1]!, path[0]!])).toBe(Number.POSITIVE_INFINITY);
    expect(() => largestStep([path[0]!])).toThrow("2 melodies");
  });
});

describe("copies", () => {
  const training = [line(60, 62, 64, 65), line(72, 71)];
  test("exact and near", () => {
    const samples = [training[0]!, line(60, 62, 65, 67), line(60, 63, 65, 67), line(80, 80, 80, 80, 80)];
    expect(copies(samples, training)).toBe(0.25);
    expect(nearCopies(samples, training)).toBe(0.5);
    expect(nearCopies(samples, training, 3)).toBe(0.75);
    expect(nearCopies([], training)).toBe(0);
  });
});
