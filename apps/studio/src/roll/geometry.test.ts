import { describe, expect, test } from "vitest";
import type { Note } from "../piece/notes.ts";
import {
  boxOf,
  fit,
  hit,
  pitchAt,
  ROWS,
  reachOf,
  roomiest,
  rowsOf,
  sizeOf,
  stepAt,
  TARGET,
  xOf,
  yOf,
} from "./geometry.ts";

const note = (pitch: number, start: number, length: number): Note => ({ pitch, start, length, fold: 0 });

describe("the fit", () => {
  test("shows everything where there is room", () => {
    const g = fit(1000, 800, false);
    expect(sizeOf(g)).toEqual({ width: 960, height: 800 - g.ruler });
  });
  test("gives fingers rows and a bar to aim at", () => {
    const g = fit(390, 300, true, { ratio: 3 });
    expect(g.rowHeight).toBe(24);
    expect(g.stepWidth * 16.5).toBeCloseTo(390 - g.piano);
    expect(fit(1024, 300, true).stepWidth * 32).toBeCloseTo(1024 - g.piano);
  });
  test("never falls below what a mouse can aim at", () => {
    const g = fit(0, 0, false);
    expect(g.rowHeight).toBe(14);
    expect(g.stepWidth).toBe(8);
    expect(fit(0, 0, false, { rows: 20 }).rowHeight).toBe(9);
  });
  test("shows the whole melody and a row at each end, as low as 9 pixels a row", () => {
    expect(rowsOf([note(60, 0, 4), note(72, 4, 4), note(66, 8, 4)])).toBe(13);
    expect(rowsOf([])).toBe(0);
    for (let height = 24 + 200; height < 24 + 37 * 14; height += 7)
      for (let rows = 1; rows <= 37; rows++) {
        const { rowHeight, ruler } = fit(680, height, false, { rows });
        expect(rowHeight).toBeGreaterThanOrEqual(9);
        expect(rowHeight).toBeLessThanOrEqual(14);
        const needed = Math.min(37, rows + 2);
        if (needed * 9 <= height - ruler) expect(needed * rowHeight).toBeLessThanOrEqual(height - ruler);
        if (needed * 14 <= height - ruler) expect(rowHeight).toBe(14);
      }
  });
  test("leaves the rows as they are while the melody fits", () => {
    const height = 24 + 280;
    expect(fit(680, height, false, { rows: 20, kept: 14 }).rowHeight).toBe(14);
    expect(fit(680, height, false, { rows: 21, kept: 14 }).rowHeight).toBe(12);
    expect(fit(680, height, false, { rows: 12, kept: 12 }).rowHeight).toBe(12);
    expect(fit(680, height, false, { rows: 0, kept: 12 }).rowHeight).toBe(14);
    expect(fit(680, 24 + 37 * 20, false, { rows: 12, kept: 12 }).rowHeight).toBe(20);
    expect(fit(390, height, true, { rows: 30, kept: 9 }).rowHeight).toBe(24);
  });
});

describe("places and cells", () => {
  test.each([1, 1.5, 2, 3])("agree at %f pixels of the device, edges on pixels", (ratio) => {
    const g = fit(731, 555, false, { ratio });
    for (let step = 0; step < 32; step++) {
      expect(stepAt((xOf(step, g) + xOf(step + 1, g)) / 2, g)).toBe(step);
      expect(Math.abs((xOf(step, g) * ratio) % 1)).toBeLessThan(1e-9);
    }
    for (let pitch = 50; pitch <= 86; pitch++) expect(pitchAt((yOf(pitch, g) + yOf(pitch - 1, g)) / 2, g)).toBe(pitch);
    expect([stepAt(-9, g), stepAt(9e9, g), pitchAt(-9, g), pitchAt(9e9, g)]).toEqual([0, 31, 86, 50]);
    expect(ROWS).toBe(37);
  });
});

test("a unit stands at the first label with room for it", () => {
  const g = fit(680, 24 + 37 * 14, false);
  const notes = [note(60, 0, 2), note(60, 2, 2), note(60, 5, 2), note(64, 30, 2)];
  expect(roomiest(new Set([30, 0, 5]), notes, g)).toBe(0);
  expect(roomiest(new Set([0, 2]), notes, g)).toBe(2);
  expect(roomiest(new Set([30]), notes, g)).toBeUndefined();
  expect(roomiest(new Set([9]), notes, g)).toBeUndefined();
});

describe("what a pointer meets", () => {
  const notes = [note(60, 0, 4), note(62, 4, 1), note(64, 12, 1)];
  test("edges and the whole, with a mouse", () => {
    const g = fit(680, 800, false);
    const y = yOf(60, g) + 3;
    expect(hit(1, y, notes, g)).toEqual({ note: notes[0], handle: "start" });
    expect(hit(40, y, notes, g)).toEqual({ note: notes[0], handle: "whole" });
    expect(hit(79, y, notes, g)).toEqual({ note: notes[0], handle: "end" });
    expect(hit(81, y, notes, g)).toBeUndefined();
    expect(hit(40, yOf(61, g) + 3, notes, g)).toBeUndefined();
  });
  test("44 pixels with a finger, less where a neighbour is near, never another's bar", () => {
    const g = fit(390, 500, true);
    const alone = reachOf(2, notes, g);
    expect(alone.right - alone.left).toBeCloseTo(TARGET, 0);
    expect(alone.bottom - alone.top).toBeCloseTo(TARGET, 0);
    expect(reachOf(1, notes, g).left).toBe(boxOf(notes[1]!, g).left);
    for (const n of notes) {
      const box = boxOf(n, g);
      expect(hit((box.left + box.right) / 2, (box.top + box.bottom) / 2, notes, g)?.note).toBe(n);
    }
    const box = boxOf(notes[2]!, g);
    expect(hit(box.left - 8, box.top - 6, notes, g)).toEqual({ note: notes[2], handle: "whole" });
    expect(hit(box.right + 8, box.top + 6, notes, g)).toEqual({ note: notes[2], handle: "end" });
  });
});
