import { describe, expect, test } from "vitest";
import type { Note, Notes } from "../piece/notes.ts";
import { fit, sizeOf, yOf } from "./geometry.ts";
import { outside, topFor } from "./view.ts";

const note = (pitch: number, start: number, length: number): Note => ({ pitch, start, length, fold: 0 });
const moved = (notes: Notes, by: number): Notes => notes.map((n) => ({ ...n, pitch: n.pitch + by }));

describe("the window", () => {
  const g = fit(680, 24 + 280, false);
  const tune = [note(67, 0, 4), note(72, 4, 4), note(76, 8, 4)];
  const holds = (notes: Notes, top: number, height: number): boolean =>
    notes.every((n) => yOf(n.pitch, g) >= top && yOf(n.pitch - 1, g) <= top + height);

  test("opens around the melody, on a whole row, and around C5 without one", () => {
    const top = topFor(tune, g, undefined, 280);
    expect(holds(tune, top, 280)).toBe(true);
    expect(top % g.rowHeight).toBe(0);
    expect(Math.abs(top + 140 - yOf(71, g))).toBeLessThanOrEqual(g.rowHeight);
    expect(Math.abs(topFor([], g, undefined, 280) + 140 - yOf(71, g))).toBeLessThanOrEqual(g.rowHeight);
    expect(topFor([], g, 33, 280)).toBe(33);
  });

  test("stays while the melody is in it, then moves once for many steps", () => {
    let top = topFor(tune, g, undefined, 280);
    const tops = new Set([top]);
    for (let by = -17; by <= 10; by++) {
      top = topFor(moved(tune, by), g, top, 280);
      expect(holds(moved(tune, by), top, 280)).toBe(true);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top).toBeLessThanOrEqual(sizeOf(g).height - 280);
      tops.add(top);
    }
    expect(tops.size).toBeLessThanOrEqual(4);
  });

  test("shows the most notes where not all have room, and stays while it shows most of them", () => {
    const wide = [note(80, 0, 2), note(55, 2, 2), note(57, 4, 2), note(59, 6, 2), note(60, 8, 2)];
    const top = topFor(wide, g, 0, 200);
    expect(outside(wide, g, { left: 0, top, width: 640, height: 200 })).toEqual({ up: 1, down: 0, left: 0, right: 0 });
    expect(topFor(moved(wide, 1), g, top, 200)).toBe(top);
  });
});

describe("what lies outside a window", () => {
  const g = fit(390, 300, true);
  test("is counted by the side", () => {
    const notes = [note(84, 0, 4), note(72, 8, 4), note(70, 20, 4), note(52, 28, 4)];
    const port = { left: 0, top: yOf(76, g), width: g.stepWidth * 16.5, height: 240 };
    expect(outside(notes, g, port)).toEqual({ up: 1, down: 1, left: 0, right: 2 });
    expect(outside(notes, g, { ...port, left: g.stepWidth * 15.5 })).toEqual({ up: 1, down: 1, left: 2, right: 0 });
    // Less than half of a row in sight is not seen; a part of the length is.
    expect(outside([note(72, 0, 4)], g, { ...port, left: g.stepWidth, top: yOf(72, g) + 13 })).toMatchObject({
      up: 1,
      left: 0,
    });
    expect(outside([note(72, 0, 4)], g, { ...port, top: yOf(72, g) + 11 }).up).toBe(0);
  });
});
