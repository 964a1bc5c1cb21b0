import { layoutOf } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves, hasSecondDerivative } from "../testing/harness.ts";
import { valuesOf } from "../testing/numbers.ts";
import { vectorOf } from "../testing/vectors.ts";
import { planar, planarDirection } from "./planar.ts";
import { sylvesterLayer } from "./sylvester.ts";

behaves("sylvester", (features, context) => sylvesterLayer({ features, context, hidden: [3] }));
behaves("sylvester of lower rank", sylvesterLayer({ features: 4, rank: 2 }));
hasSecondDerivative("sylvester inverted", sylvesterLayer({ features: 2 }), [0.3, -0.4, 1, 2], "inverse");

describe("sylvester", () => {
  test("of rank 1 is a planar flow", async () => {
    const layer = sylvesterLayer({ features: 3, rank: 1 });
    const z = array(valuesOf("real", 12, 1), [4, 3]);
    // Q is the first column of I − 2vvᵀ/|v|², R̃ = [r̃] and R = [(slope − 1)/r̃].
    const v = [0.5, -1, 2];
    const v2 = v.reduce((total, a) => total + a * a, 0);
    const q = v.map((a, i) => (i === 0 ? 1 : 0) - (2 * a * v[0]!) / v2);
    const [inner, outer, bias] = [0.3, -0.8, 0.2];
    const positive = (raw: number, least: number): number => Math.log1p(Math.exp(raw) * Math.expm1(1 - least)) + least;
    const [scale, slope] = [positive(inner, 1e-2), positive(outer, 1e-4)];
    const found = await mapValues(layer, "forward", z, {
      params: vectorOf(layer, { reflections: v, inner: [inner], outer: [outer], bias: [bias] }),
    });
    const w = q.map((a) => a * scale);
    const u = planarDirection(
      q.map((a) => (a * (slope - 1)) / scale),
      w,
    )!;
    const twin = planar({ features: 3 });
    const due = await mapValues(twin, "forward", z, { params: vectorOf(twin, { u, w, b: [bias] }) });
    for (const what of ["value", "logDet"] as const)
      found[what]!.forEach((a, i) => void expect(a).toBeCloseTo(due[what]![i]!, 12));
  });

  test("starts as the identity", async () => {
    const layer = sylvesterLayer({ features: 4, rank: 2 });
    const params = new Float64Array(layoutOf(layer.params).size).fill(0);
    params.set(valuesOf("real", 8, 3), layoutOf(layer.params).entries.find((e) => e.path === "reflections")!.offset);
    const { value, logDet } = await mapValues(layer, "forward", array([1, 2, 3, 4], [1, 4]), { params });
    [1, 2, 3, 4, 0].forEach((v, i) => void expect([...value!, ...logDet!][i]).toBeCloseTo(v, 12));
  });

  test("has no more directions than the event", () => {
    expect(() => sylvesterLayer({ features: 2, rank: 3 })).toThrow("its rank is 3, an event has 2 features");
  });
});
