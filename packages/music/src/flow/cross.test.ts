import { expect, it } from "vitest";
import { type Grid, toEvent } from "../grid/grid.ts";
import { bothSorts, rhythmOf, scales, shippedModel, strays } from "../testing/shipped.ts";
import { cross } from "./cross.ts";
import { soundingPitches } from "./tilt.ts";

/** Mean semitones between a melody's notes and what sounds in another at their onsets. */
function distance(grid: Grid, other: Grid): number {
  const sounding = soundingPitches(toEvent(other));
  const far = grid.flatMap((step, t) => (step > 0 ? [Math.abs(step - 50 - sounding[t]!)] : []));
  return far.reduce((a, b) => a + b, 0) / Math.max(1, far.length);
}

it("has exactly the rhythm of the one and follows the pitches of the other, in 100 pairs", async () => {
  const model = await shippedModel();
  const grids = await bothSorts(model, 100, 3);
  let [near, far] = [0, 0];
  for (const [i, rhythm] of grids.entries()) {
    const pitches = grids[(i * 37 + 1) % 100]!;
    const crossed = await cross(model, { rhythm, pitches });
    expect(rhythmOf(crossed)).toBe(rhythmOf(rhythm));
    for (const step of crossed) if (step > 0) expect(step >= 50 && step <= 86).toBe(true);
    if (pitches.some((step) => step > 0)) {
      near += distance(crossed, pitches) / 100;
      far += distance(rhythm, pitches) / 100;
    }
    expect(await cross(model, { rhythm, pitches: rhythm })).toEqual(rhythm);
    const scale = scales[i % scales.length]!;
    const scaled = await cross(model, { rhythm, pitches }, { scale });
    expect(rhythmOf(scaled)).toBe(rhythmOf(rhythm));
    expect(strays(scaled, scale)).toEqual([]);
  }
  expect(near).toBeLessThan(far / 5);
});
