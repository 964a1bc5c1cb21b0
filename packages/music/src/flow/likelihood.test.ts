import { onnx } from "@normflow/backend-onnx";
import { layoutOf, reference, startValues } from "@normflow/core";
import { describe, expect, it } from "vitest";
import { canonical, toEvent } from "../grid/grid.ts";
import { plainNats } from "../testing/plain-model.ts";
import { melodyFlow, PITCHES, STEPS } from "./melody-flow.ts";
import { MelodyModel } from "./melody-model.ts";

const size = { width: 32, blocks: 2, heads: 4 };
const layout = layoutOf(melodyFlow(size).params);
const params = startValues(layout, [1, 9]).map((v) => 2 * v);

/** Melodies from silent to one note a sixteenth. */
const events = Array.from({ length: 40 }, (_, i) => {
  let state = i;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return toEvent(
    canonical(
      Array.from({ length: STEPS }, () =>
        next() < i / 39 ? 50 + Math.floor(next() * PITCHES) : next() < 0.3 ? 0 : -1,
      ),
    ),
  );
});

describe("ln p through the chain of layers", () => {
  const expected = events.map((e) => plainNats(melodyFlow(size), params, e, size.heads));

  it.each([
    ["the reference in float64", async () => reference(), 1e-6],
    ["ONNX Runtime in float32", () => onnx({ threads: 1 }), 1e-4],
  ] as const)("is the cross-entropy of the same model written in plain loops, on %s", async (_, open, tolerance) => {
    const backend = await open();
    const model = new MelodyModel(size, { params, state: new Float64Array(0) }, backend);
    for (const seed of [undefined, 3]) {
      const bits = await model.bits(events, seed === undefined ? {} : { seed });
      bits.forEach((b, i) => void expect(Math.abs(b * Math.LN2 - expected[i]!) / expected[i]!).toBeLessThan(tolerance));
    }
    await model.dispose();
    await backend.dispose();
  });
});
