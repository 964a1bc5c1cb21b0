import { chain, invert } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { normalCdf } from "../elementwise/normal-cdf.ts";
import { array, count, jacobian, mapValues } from "../testing/evaluate.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { parametersOf, uniforms, valuesOf } from "../testing/numbers.ts";
import { affine } from "../transformation/affine.ts";
import { histogramCdf } from "../transformation/histogram-cdf.ts";
import { invertTransformation } from "../transformation/invert-transformation.ts";
import { autoregressive } from "./autoregressive.ts";

const affineLayer = (features: number, context?: number, hidden = [16, 16]) =>
  autoregressive({
    transformation: affine(),
    conditioner: maskedMlp({ features, parameters: 2, context, hidden, activation: "tanh" }),
  });

const histogramLayer = (features: number, context?: number) =>
  autoregressive({
    transformation: invertTransformation(histogramCdf({ bins: 3 })),
    conditioner: maskedMlp({ features, parameters: 3, context, hidden: [8], activation: "tanh" }),
  });

behaves("affine", affineLayer, { mask: "lower" });
behaves("affine over one feature with a context", affineLayer(1, 2));
behaves("affine without hidden layers", affineLayer(3, 1, []), { mask: "lower" });
behaves("affine with fewer units than features", affineLayer(7, undefined, [3, 5]), { mask: "lower" });
behaves("inverted (IAF)", invert(affineLayer(3, 2)));
behaves("histogram quantile", histogramLayer(3, 1));
behaves("histogram quantile after the normal CDF", chain([normalCdf({ event: [3] }), histogramLayer(3)]), {
  tolerance: 1e-8,
});
normalises("affine on the line", affineLayer(1, 2));
normalises("affine on the plane", affineLayer(2), { deviation: 0.3, points: 200 });

describe("autoregressive", () => {
  test("has a triangular Jacobian with exact zeros", async () => {
    for (const layer of [affineLayer(6), affineLayer(6, 2, [5]), affineLayer(6, 2, [40, 3])]) {
      const [n, batch] = [6, 3];
      const x = array(valuesOf("real", batch * n, 1), [batch, n]);
      const context = layer.facts.context && array(valuesOf("real", batch * 2, 2), [batch, 2]);
      const rows = await jacobian(layer, "inverse", x, { params: parametersOf(layer, 3, 1), context });
      for (let b = 0; b < batch; b++)
        for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(rows[(b * n + i) * n + j]).toBe(0);
    }
  });

  test("is the identity at the start", async () => {
    const layer = affineLayer(3);
    const params = new Float64Array(parametersOf(layer, 1).length).fill(0);
    const z = valuesOf("real", 6, 1);
    const { value, logDet } = await mapValues(layer, "forward", array(z, [2, 3]), { params });
    expect(Array.from(value!)).toEqual(Array.from(z));
    expect(Array.from(logDet!)).toEqual([0, 0]);
  });

  test("takes batches of any rank", async () => {
    const layer = affineLayer(3);
    const params = parametersOf(layer, 1);
    const z = valuesOf("real", 24, 1);
    const flat = await mapValues(layer, "forward", array(z, [8, 3]), { params });
    const deep = await mapValues(layer, "forward", array(z, [2, 4, 3]), { params });
    expect(deep).toEqual(flat);
    const one = await mapValues(layer, "inverse", array(flat.value!.subarray(0, 3), [3]), { params });
    for (let i = 0; i < 3; i++) expect(one.value![i]).toBeCloseTo(z[i]!, 12);
  });

  test("refuses a conditioner with other parameters", () => {
    expect(() =>
      autoregressive({ transformation: affine(), conditioner: maskedMlp({ features: 3, parameters: 5 }) }),
    ).toThrow("affine takes 2 parameters a feature, masked-mlp gives 5");
  });

  test("returns to the cell it came from, at every place and edge", async () => {
    const layer = histogramLayer(4);
    const params = parametersOf(layer, 4, 2);
    const next = uniforms(7);
    const u = array([0, 0, 0, 0, 1, 1, 1, 1, ...Array.from({ length: 400 }, next)], [102, 4]);
    const { value } = await mapValues(layer, "forward", u, { params });
    const back = await mapValues(layer, "inverse", array(value!, u.shape), { params });
    const again = await mapValues(layer, "forward", array(back.value!, u.shape), { params });
    expect(count(u.shape)).toBe(value!.length);
    expect(Array.from(again.value!, Math.floor)).toEqual(Array.from(value!, Math.floor));
  });
});
