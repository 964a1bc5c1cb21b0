import { chain } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves, hasSecondDerivative, normalises } from "../testing/harness.ts";
import { valuesOf } from "../testing/numbers.ts";
import { planar, planarDirection } from "./planar.ts";

behaves("planar", (features, context) => planar({ features, context, hidden: [3] }), { deviation: 1 });
behaves("planar with a leaky ReLU", planar({ features: 3, leak: 0.2 }), { deviation: 1 });
behaves("two planar layers", chain([planar({ features: 2 }), planar({ features: 2 })]));
normalises("planar", planar({ features: 2 }), { points: 200, deviation: 1 });

hasSecondDerivative("planar inverted", planar({ features: 2 }), [0.3, -0.4, 1, 2], "inverse");

describe("planar", () => {
  test("is invertible where u pushes against w as hard as it may", async () => {
    // u = −c·w with a large c brings w·û to its limit, where the slope at the bend is 10⁻⁴.
    const params = Float64Array.of(-40, -40, 1, 1, 0.1);
    const z = array([...valuesOf("real", 40, 1), 0, 0, -0.05, -0.05], [22, 2]);
    const x = await mapValues(planar({ features: 2 }), "forward", z, { params });
    const back = await mapValues(planar({ features: 2 }), "inverse", array(x.value!, [22, 2]), { params });
    back.value!.forEach((v, i) => void expect(Math.abs(v - z.data[i]!)).toBeLessThan(1e-9));
  });

  test("bends nothing at w = 0", async () => {
    const params = Float64Array.of(1, 2, 0, 0, 0);
    const { value, logDet } = await mapValues(planar({ features: 2 }), "forward", array([3, 4], [1, 2]), { params });
    expect([...value!, ...logDet!]).toEqual([3, 4, 0]);
  });

  test("moves nothing at u = 0, however small w", async () => {
    const params = Float64Array.of(0, 0, 1e-9, 1e-9, 0.5);
    const { value } = await mapValues(planar({ features: 2 }), "forward", array([3, 4], [1, 2]), { params });
    expect(value![0]).toBeCloseTo(3, 6);
  });

  test("finds the u behind a direction, or says that there is none", () => {
    expect(planarDirection([1, 0], [0.5, 0.5])).toHaveLength(2);
    expect(planarDirection([-3, 0], [1, 0])).toBeUndefined();
  });
});
