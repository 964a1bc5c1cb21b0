import { layoutOf } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { tokenAutoregressive } from "../autoregressive/token-autoregressive.ts";
import { patches } from "../layout/patches.ts";
import { array, jacobian, mapValues } from "../testing/evaluate.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { parametersOf } from "../testing/numbers.ts";
import { affine } from "../transformation/affine.ts";
import { tarFlow } from "./tar-flow.ts";

const small = { layers: 2, width: 8, blocks: 1, heads: 2, hidden: 8 };
const { layers: _, ...block } = { ...small, transformation: affine({ bound: 2 }), dropout: 0 };

behaves("patches", patches({ event: [2, 4, 6], patch: 2 }));
behaves(
  "tokenAutoregressive, last token first, with a context",
  tokenAutoregressive({ tokens: 3, channels: 2, order: "descending", context: 2, ...block }),
);
behaves("tarFlow of vectors", tarFlow({ features: 4, patch: 2, ...small }).bijector);
behaves("tarFlow of one feature", tarFlow({ features: 1, context: 1, ...small }).bijector);
behaves("tarFlow of images", tarFlow({ event: [1, 2, 4], patch: 2, ...small }).bijector, { deviation: 0.3 });
normalises("tarFlow", tarFlow({ features: 2, ...small }).bijector, { points: 100, box: 8, deviation: 0.2 });

describe("tokenAutoregressive", () => {
  for (const order of ["ascending", "descending"] as const)
    test(`tells each token from those before it only, ${order}`, async () => {
      const layer = tokenAutoregressive({ tokens: 3, channels: 2, order, ...block });
      const x = array([0.3, -1, 0.2, 2, 1, -0.4], [1, 3, 2]);
      const rows = await jacobian(layer, "inverse", x, { params: parametersOf(layer, 3, 0.5) });
      for (let out = 0; out < 6; out++)
        for (let into = 0; into < 6; into++) {
          const later = Math.floor(into / 2) - Math.floor(out / 2);
          const seen = out === into || (order === "ascending" ? later < 0 : later > 0);
          if (seen) expect(Math.abs(rows[out * 6 + into]!)).toBeGreaterThan(1e-9);
          else expect(rows[out * 6 + into]).toBe(0);
        }
    });

  test("is the identity at the start", async () => {
    const layer = tokenAutoregressive({
      tokens: 2,
      channels: 1,
      order: "ascending",
      ...block,
    });
    const params = parametersOf(layer, 3);
    // The head is zero at the start.
    for (const { path, parameter, offset } of layoutOf(layer.params).entries)
      if (path.startsWith("head/")) params.fill(0, offset, offset + parameter.size);
    const { value, logDet } = await mapValues(layer, "forward", array([3, -2], [1, 2, 1]), { params });
    expect([...value!, ...logDet!]).toEqual([3, -2, 0]);
  });
});

describe("patches", () => {
  test("lie row by row", async () => {
    const layer = patches({ event: [1, 2, 4], patch: 2 });
    const image = array([0, 1, 2, 3, 4, 5, 6, 7], [1, 1, 2, 4]);
    const { value } = await mapValues(layer, "inverse", image, { params: new Float64Array(0) });
    expect(Array.from(value!)).toEqual([0, 1, 4, 5, 2, 3, 6, 7]);
  });

  test("say where they do not fit", () => {
    expect(() => patches({ event: [1, 8, 6], patch: 4 })).toThrow("patches of 4 × 4 do not fill images of 8 × 6");
    expect(() => patches({ event: [8, 6], patch: 2 })).toThrow("expected [channels, height, width]");
    expect(() => tarFlow({ features: 5, patch: 2 })).toThrow("5 features are no whole number of tokens of 2");
    expect(() => tarFlow({})).toThrow("vectors of some features or images");
    expect(() => tarFlow({ features: 2, width: 6, heads: 4 })).toThrow("width is not a multiple of heads");
  });
});
