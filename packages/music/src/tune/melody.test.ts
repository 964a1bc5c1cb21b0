import { expect, test } from "vitest";
import { placeMelody } from "./melody.ts";

test("a melody moves by key, octave and folds, and says how", () => {
  const placed = placeMelody({
    notes: [
      [60, 4, 4],
      [62, 0, 4],
    ],
    keyShift: 9,
    octaveShift: -12,
    folds: [0, 1],
  });
  expect(placed.notes).toEqual([
    [59, 0, 4],
    [69, 4, 4],
  ]);
  expect(placed.fifths).toBe(3);
  expect(placed.mark).toEqual({ keyShift: 9, octaveShift: -12, folds: [0, 1] });
  expect(placeMelody({ notes: [], keyShift: 5 }).fifths).toBe(-1);
});

test("a note outside MIDI is refused", () => {
  expect(() => placeMelody({ notes: [[60, 0, 4]], octaveShift: 72 })).toThrow("132");
});
