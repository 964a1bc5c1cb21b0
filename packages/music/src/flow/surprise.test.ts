import { reference } from "@normflow/core";
import { expect, it } from "vitest";
import { fromNotes, onsets, toEvent } from "../grid/grid.ts";
import { bothSorts, shippedModel } from "../testing/shipped.ts";
import { surprise } from "./surprise.ts";

it("sums to the bits of the melody: to 1e-6 on the reference, on ONNX Runtime as float32 allows", async () => {
  const [exact, fast] = [await shippedModel(reference()), await shippedModel()];
  const grids = await bothSorts(fast, 100, 2);
  for (const [model, some, tolerance] of [
    [exact, grids.slice(44, 56), 1e-6],
    [fast, grids, 1e-3],
  ] as const) {
    const bits = await model.bits(some.map(toEvent));
    for (const [i, s] of (await surprise(model, some)).entries()) {
      expect(Math.abs(s.bits - bits[i]!)).toBeLessThan(tolerance);
      expect(Math.abs([...s.notes, ...s.beats].reduce((a, b) => a + b, 0) - s.bits)).toBeLessThan(tolerance);
      expect(s.notes).toHaveLength(onsets(some[i]!));
      expect(s.beats).toHaveLength(8);
      expect(Math.min(...s.notes, ...s.beats)).toBeGreaterThan(-1e-6);
    }
  }
});

it("points at the odd note", async () => {
  const model = await shippedModel();
  const scale = [69, 71, 72, 74, 76, 74, 72, 71, 69, 71, 72, 74, 75, 74, 72, 71];
  const [s] = await surprise(model, [fromNotes(scale.map((pitch, i) => [pitch, 2 * i, 2]))]);
  expect(s!.notes.indexOf(Math.max(...s!.notes))).toBe(12);
  expect(await surprise(model, [])).toEqual([]);
});
