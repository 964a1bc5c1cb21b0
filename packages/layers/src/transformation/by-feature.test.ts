import { trace } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { coupling } from "../coupling/coupling.ts";
import { mlp } from "../network/mlp.ts";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { parametersOf } from "../testing/numbers.ts";
import { affine } from "./affine.ts";
import { byFeature } from "./by-feature.ts";
import { histogramCdf } from "./histogram-cdf.ts";
import { rationalQuadratic } from "./rational-quadratic.ts";

const spline = rationalQuadratic({ bins: 3, bound: 2 });
const mixed = byFeature({ transformations: [affine(), spline], of: [0, 1, 0] });
const layer = autoregressive({
  transformation: mixed,
  conditioner: maskedMlp({ features: 3, parameters: mixed.parameters, hidden: [6], activation: "tanh" }),
});

behaves("autoregressive with a transformation a feature", layer);
behaves(
  "coupling with a transformation a feature",
  coupling({
    features: 3,
    kept: [1],
    transformation: byFeature({ transformations: [affine(), spline], of: [1, 0, 0] }),
    network: mlp({ in: 1, out: 2 * mixed.parameters, hidden: [6], activation: "tanh" }),
  }),
);

describe("byFeature", () => {
  test("gives each feature the transformation of its own", async () => {
    const params = parametersOf(layer, 3);
    const x = [3, 2.5, -4];
    const moved = await mapValues(layer, "inverse", array(x, [1, 3]), { params });
    // Beyond its bound the spline leaves a value as it is; the affine maps do not.
    expect(moved["value"]![1]).toBe(2.5);
    expect(moved["value"]![0]).not.toBe(3);
    expect(moved["value"]![2]).not.toBe(-4);
  });

  test("says what is wrong with a choice", () => {
    expect(() => byFeature({ transformations: [affine()], of: [0, 1] })).toThrow("of [0,1] must name some of 1");
    expect(() => byFeature({ transformations: [affine(), histogramCdf({ bins: 2 })], of: [0, 1] })).toThrow(
      "affine maps real to real values, histogram-cdf maps interval to unit",
    );
    expect(() => trace({ t: [2, 8], x: [2] }, ({ t, x }) => ({ y: mixed.forward(t, x)[0] }))).toThrow(
      "the layer does not say which features it maps",
    );
  });
});
