import { describe, expect, test } from "vitest";
import { inScale, scaleNames } from "../piece/scale.ts";
import { degreesBetween, shiftNotes } from "./degrees.ts";

const note = (pitch: number, start = 0) => ({ pitch, start, length: 1, fold: 0 });
const pitches = Array.from({ length: 37 }, (_, i) => 50 + i);

describe("degrees", () => {
  test.each(scaleNames)("%s: from any pitch to any of the scale and no further", (scale) => {
    for (const from of pitches)
      for (const to of pitches.filter((p) => inScale(scale, p))) {
        const [moved] = shiftNotes([note(from)], 0, degreesBetween(scale, from, to), scale);
        expect(moved!.pitch).toBe(to);
      }
  });
  test("keep the shape of a melody and stop together at the edge", () => {
    const up = shiftNotes([note(60), note(64, 1), note(67, 2)], 0, 1, "major");
    expect(up.map((n) => n.pitch)).toEqual([62, 65, 69]);
    const edge = shiftNotes([note(83), note(86, 1)], 0, 5, "major");
    expect(edge.map((n) => n.pitch)).toEqual([83, 86]);
    expect(shiftNotes([note(61)], 0, -1, "major")[0]!.pitch).toBe(60);
    expect(shiftNotes([note(60, 3), note(60, 9)], -5, 0, "major").map((n) => n.start)).toEqual([0, 6]);
    expect(shiftNotes([], 3, 3, "blues")).toEqual([]);
  });
});
