import { gradients, sum } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array, evaluate, mapValues } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { radial, radialShape } from "./radial.ts";

behaves("radial", (features, context) => radial({ features, context, hidden: [3] }), { deviation: 1 });

describe("radial", () => {
  const layer = radial({ features: 2 });
  const params = Float64Array.of(1, -1, 0.3, 2);

  test("leaves its centre where it is, with finite gradients", async () => {
    const found = await evaluate(layer, "inverse", array([1, -1], [1, 2]), { params }, ({ value, logDet, flat }) => ({
      value,
      slope: gradients(sum(logDet), [flat])[0]!,
    }));
    expect(Array.from(found["value"]!)).toEqual([1, -1]);
    expect(found["slope"]!.every(Number.isFinite)).toBe(true);
  });

  test("is the identity at β = 0", async () => {
    const { value, logDet } = await mapValues(layer, "forward", array([3, 4], [1, 2]), {
      params: Float64Array.of(0, 0, 1, 0),
    });
    [3, 4, 0].forEach((v, i) => void expect([...value!, ...logDet!][i]).toBeCloseTo(v, 12));
  });

  test("takes α and β from elsewhere", async () => {
    const { alpha, beta } = radialShape(0.5, -0.3);
    const { value } = await mapValues(layer, "forward", array([2, 0], [1, 2]), {
      params: Float64Array.of(0, 0, ...alpha, ...beta),
    });
    expect(value![0]).toBeCloseTo(2 - (0.3 * 2) / 2.5, 12);
  });
});
