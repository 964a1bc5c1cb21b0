import { invert } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves, hasSecondDerivative, normalises } from "../testing/harness.ts";
import { elementwiseAffine } from "./elementwise-affine.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { normalCdf, normalQuantile } from "./normal-cdf.ts";
import { rescale } from "./rescale.ts";
import { sigmoid } from "./sigmoid.ts";
import { tanh } from "./tanh.ts";

behaves("elementwiseAffine", elementwiseAffine({ event: [3] }));
behaves("elementwiseAffine on matrices", elementwiseAffine({ event: [2, 2] }));
behaves("rescale", rescale({ shift: [1, -2], scale: [3, -0.5] }), { drift: false });
behaves("leakyRelu", leakyRelu({ event: [3] }), { boundaries: [0], drift: false });
behaves("leakyRelu of one", leakyRelu({ event: [1], slope: 0.3 }), { boundaries: [0] });
behaves("tanh", tanh({ event: [3] }));
behaves("sigmoid", sigmoid({ event: [2, 2] }));
behaves("sigmoid between two ends", sigmoid({ event: [2], low: -1, high: 3 }), {});
behaves("normalCdf", normalCdf({ event: [4] }));
behaves("normalQuantile", normalQuantile({ event: [4] }), {
  base: (n) => Array.from({ length: n }, (_, i) => (i + 0.5) / n),
});
normalises("elementwiseAffine", elementwiseAffine({ event: [1] }));
normalises("leakyRelu", leakyRelu({ event: [2], slope: 0.5 }), { box: 8 });

describe("normalCdf", () => {
  const none = { params: new Float64Array(0) };
  const layer = normalCdf({ event: [] });

  test("has the quantiles of tables", async () => {
    const table: [u: number, z: number][] = [
      [1e-7, -5.199337582192817],
      [1e-5, -4.264890793922825],
      [1e-3, -3.090232306167813],
      [0.025, -1.9599639845400545],
      [0.5, 0],
      [0.975, 1.9599639845400545],
    ];
    const { value } = await mapValues(
      layer,
      "inverse",
      array(
        table.map(([u]) => u),
        [table.length],
      ),
      none,
    );
    table.forEach(([, z], i) => void expect(Math.abs(value![i]! - z)).toBeLessThan(1e-14 * (1 + Math.abs(z))));
  });

  test("stays finite at 0 and 1, and within float32", async () => {
    const { value, logDet } = await mapValues(layer, "inverse", array([0, 1, -1, 2], [4]), none);
    for (const x of [...value!, ...logDet!]) expect(Number.isFinite(x)).toBe(true);
    const { value: u } = await mapValues(layer, "forward", array([-40, 40], [2]), none);
    expect(Math.fround(u![0]!)).toBeGreaterThan(0);
    expect(Math.fround(u![1]!)).toBeLessThan(1);
  });
});

describe("elementwise layers", () => {
  test("start as the identity where they are learned", async () => {
    const { value, logDet } = await mapValues(elementwiseAffine({ event: [2] }), "forward", array([3, -4], [1, 2]), {
      params: new Float64Array(4),
    });
    expect([...value!, ...logDet!]).toEqual([3, -4, 0]);
  });

  test("say what is wrong with their numbers", () => {
    expect(() => rescale({ shift: [0], scale: [0] })).toThrow("the scale of feature 0 is 0");
    expect(() => rescale({ shift: [0, 1], scale: [1] })).toThrow("2 shifts and 1 scales");
    expect(() => sigmoid({ event: [], low: 1, high: 0 })).toThrow("the lower end 1 is not below");
    expect(() => leakyRelu({ event: [], slope: -1 })).toThrow("leaky-relu: option slope");
  });

  test("know their direction", () => {
    expect(rescale({ shift: [0, 0], scale: [2, 3] }).facts.monotone).toBe(1);
    expect(rescale({ shift: [0], scale: [-2] }).facts.monotone).toBe(-1);
    expect(rescale({ shift: [0, 0], scale: [2, -3] }).facts.monotone).toBeUndefined();
    expect(sigmoid({ event: [1] }).facts.codomain).toBe("unit");
  });
});

for (const [name, layer] of [
  ["normalQuantile", normalQuantile({ event: [] })],
  ["tanh inverted", invert(tanh({ event: [] }))],
] as const)
  hasSecondDerivative(name, layer, [0.11, 0.37, 0.9]);
