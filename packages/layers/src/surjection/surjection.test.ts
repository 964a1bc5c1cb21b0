import { chain } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { elementwiseAffine } from "../elementwise/elementwise-affine.ts";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { reshapeEvent } from "./reshape-event.ts";
import { uniformDequantize } from "./uniform-dequantize.ts";

behaves("reshapeEvent", reshapeEvent({ from: [6], to: [2, 3] }));
behaves("reshapeEvent of scalars", reshapeEvent({ from: [], to: [1] }));
behaves("uniformDequantize", uniformDequantize({ event: [4] }));

describe("uniformDequantize", () => {
  test("keeps each integer up to 255 in its cell, whatever the noise, in float32 too", async () => {
    const layer = uniformDequantize({ event: [256] });
    const x = Array.from({ length: 256 }, (_, i) => i);
    for (const u of [2 ** -25, 0.5, 1 - 2 ** -24, 1]) {
      const { value } = await mapValues(layer, "inverse", array(x, [1, 256]), {
        params: new Float64Array(0),
        noise: () => new Float64Array(256).fill(u),
      });
      expect(Array.from(value!, (v) => Math.floor(Math.fround(v)))).toEqual(x);
    }
  });

  test("says what it is", () => {
    const { facts } = uniformDequantize({ event: [2] });
    expect(facts.exact).toBe(false);
    expect(uniformDequantize({ event: [2], exact: true }).facts.exact).toBe(true);
    expect(facts.stochastic).toEqual({ forward: false, inverse: true });
    expect(() => chain([uniformDequantize({ event: [2] }), uniformDequantize({ event: [2] })])).toThrow(
      "takes interval values and cannot follow layer 1 (uniform-dequantize, event [2]), which gives integer ones",
    );
  });
});

describe("reshapeEvent", () => {
  test("is what chain asks for", () => {
    expect(() => chain([elementwiseAffine({ event: [6] }), elementwiseAffine({ event: [2, 3] })])).toThrow(
      "reshapeEvent({ from: [6], to: [2, 3] })",
    );
    expect(() => reshapeEvent({ from: [6], to: [4] })).toThrow("[6] holds 6 entries, [4] 4");
  });
});
