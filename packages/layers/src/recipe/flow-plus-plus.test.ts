import { fit, reference } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { behaves, normalises } from "../testing/harness.ts";
import { normals, uniforms } from "../testing/numbers.ts";
import { integral } from "../testing/quadrature.ts";
import { flowPlusPlus } from "./flow-plus-plus.ts";

const small = { layers: 2, hidden: [6], components: 3, activation: "tanh" as const };

behaves("flowPlusPlus", flowPlusPlus({ features: 3, context: 1, ...small }).bijector, { deviation: 0.3 });
behaves("flowPlusPlus of whole numbers", flowPlusPlus({ features: 2, values: 4, ...small, layers: 1 }).bijector, {
  deviation: 0.3,
  tolerance: 1e-8,
});
normalises("flowPlusPlus", flowPlusPlus({ features: 2, ...small }).bijector, { points: 150, box: 12, deviation: 0.2 });

describe("flowPlusPlus", () => {
  test("refuses one feature, and promises density in a pass", () => {
    expect(() => flowPlusPlus({ features: 1 })).toThrow("of 1 feature, 1 stay and 0 change");
    expect(flowPlusPlus({ features: 4 }).bijector.facts.cost).toEqual({
      forward: { search: true },
      inverse: { passes: 1 },
    });
  });

  test("learns a ring, and claims no more density than there is", async () => {
    const normal = normals(3);
    const ring = (count: number) => {
      const rows = Array.from({ length: count }, () => {
        const [a, b] = [normal(), normal()];
        const factor = (2 + 0.2 * normal()) / Math.hypot(a, b);
        return [a * factor, b * factor];
      });
      return { data: Float64Array.from(rows.flat()), shape: [count, 2] };
    };
    const x = ring(600);
    const subject = flowPlusPlus({ features: 2, layers: 4, hidden: [16], components: 4 });
    const settings = { backend: reference(), steps: 120, batch: 64, learningRate: 0.01, validation: 0 };
    const model = await fit(subject, { x }, settings);
    const { data } = await model.logProb(ring(500));
    const nats = -Array.from(data).reduce((a, b) => a + b, 0) / 500;
    // The ring's entropy is ln 4π + ln .2 + ½ ln 2πe = 2.34, near enough; that of a normal of its variance 3.54.
    expect(nats).toBeGreaterThan(2.3);
    expect(nats).toBeLessThan(3);
    const weights = {
      params: Float64Array.from(model.weights.params),
      state: Float64Array.from(model.weights.state),
    };
    expect(Math.abs((await integral(subject.bijector, weights, { points: 150 })) - 1)).toBeLessThan(5e-3);
  });

  test("bounds whole numbers by learned noise more closely than by even noise", async () => {
    // Cells with the chances of a peak beside empty ones, where even noise costs most.
    const chances = [0.1, 0.6, 0.05, 0.25];
    const next = uniforms(5);
    const draw = (): number => {
      let u = next();
      return chances.findIndex((p) => (u -= p) < 0);
    };
    const rows = (n: number) => ({ data: Float64Array.from({ length: 2 * n }, draw), shape: [n, 2] });
    const [x, fresh] = [rows(500), rows(1000)];
    const entropy = -2 * chances.reduce((sum, p) => sum + p * Math.log(p), 0);
    const nats = async (dequantize: "variational" | "uniform"): Promise<number> => {
      const subject = flowPlusPlus({ features: 2, values: 4, layers: 2, hidden: [12], components: 4, dequantize });
      const settings = { backend: reference(), steps: 150, batch: 64, learningRate: 0.01, validation: 0 };
      const { data } = await (await fit(subject, { x }, settings)).logProb(fresh, { seed: 1 });
      return -Array.from(data).reduce((a, b) => a + b, 0) / 1000;
    };
    const [learned, even] = [await nats("variational"), await nats("uniform")];
    expect(learned).toBeGreaterThan(entropy - 0.05);
    expect(learned).toBeLessThan(even);
  });
});
