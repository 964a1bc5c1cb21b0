import { layoutOf } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { coupling } from "../coupling/coupling.ts";
import { mlp } from "../network/mlp.ts";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves, hasSecondDerivative, normalises } from "../testing/harness.ts";
import { scalarLayer } from "../testing/scalar.ts";
import { affine } from "./affine.ts";
import { byFeature } from "./by-feature.ts";
import { invertTransformation } from "./invert-transformation.ts";
import { logisticMixture } from "./logistic-mixture.ts";
import { mixtureCdf } from "./mixture-cdf.ts";

const flowPlusPlus = (features: number, context?: number) => {
  const transformation = invertTransformation(logisticMixture({ components: 3 }));
  const network = mlp({
    in: 1,
    out: transformation.parameters * (features - 1),
    context,
    hidden: [6],
    activation: "tanh",
  });
  return coupling({ features, kept: [0], transformation, network });
};

behaves("CDF of a mixture of logistics", scalarLayer(mixtureCdf({ components: 3 })), { tolerance: 1e-8 });
behaves("CDF of a mixture of normals", scalarLayer(mixtureCdf({ components: 3, kernel: "normal" })), {
  tolerance: 1e-7,
  extreme: 3,
});
behaves("coupling of Flow++", flowPlusPlus(3, 1));
normalises("coupling of Flow++", flowPlusPlus(2), { points: 300, box: 20, deviation: 0.3 });
normalises("mixture of logistics turned round", scalarLayer(invertTransformation(logisticMixture())), {
  points: 4000,
  box: 40,
});
hasSecondDerivative(
  "quantile of a mixture",
  scalarLayer(invertTransformation(mixtureCdf({ components: 3 }))),
  [0.2, 0.7],
);

describe("logisticMixture", () => {
  test("says which direction is a search", () => {
    expect(flowPlusPlus(3).facts.cost).toEqual({ forward: { search: true }, inverse: { passes: 1 } });
    expect(byFeature({ transformations: [affine(), logisticMixture()], of: [0, 1] }).searches).toBe("inverse");
  });

  test("starts close to the identity, with components of their own", async () => {
    const layer = scalarLayer(logisticMixture({ components: 8 }));
    const x = Array.from({ length: 41 }, (_, i) => (i - 20) / 10);
    const params = new Float64Array(layoutOf(layer.params).size);
    const { value } = await mapValues(layer, "forward", array(x, [41, 1]), { params });
    value!.forEach((y, i) => void expect(Math.abs(y - x[i]!)).toBeLessThan(0.25));
  });

  test("stays exact in the tails, where the distribution function itself rounds to 1", async () => {
    const layer = scalarLayer(logisticMixture({ components: 2 }));
    const params = new Float64Array(layoutOf(layer.params).size);
    const x = [-300, -60, 60, 300];
    const there = await mapValues(layer, "forward", array(x, [4, 1]), { params });
    const back = await mapValues(layer, "inverse", array(there.value!, [4, 1]), { params });
    x.forEach((v, i) => void expect(back.value![i]).toBeCloseTo(v, 9));
  });
});
