import { expect, test } from "vitest";
import { melodyLine, polyphony } from "./melody-line.ts";

const note = (pitch: number, start: number, duration: number) => ({ pitch, start, duration });

test("polyphony is the share of the time in which notes sound together", () => {
  expect(polyphony([])).toBe(0);
  expect(polyphony([note(60, 0, 10), note(62, 10, 10)])).toBe(0);
  expect(polyphony([note(60, 0, 10), note(62, 5, 15)])).toBe(0.25);
  expect(polyphony([note(60, 0, 10), note(64, 0, 10)])).toBe(1);
});

test("the line keeps the highest of a chord and cuts at the next note", () => {
  expect(melodyLine([note(60, 8, 4), note(64, 0, 12), note(60, 0, 20)])).toEqual([note(64, 0, 8), note(60, 8, 4)]);
});
