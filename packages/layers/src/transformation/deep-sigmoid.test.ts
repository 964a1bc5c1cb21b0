import { layoutOf } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves, hasSecondDerivative, normalises } from "../testing/harness.ts";
import { deepSigmoid } from "./deep-sigmoid.ts";
import { invertTransformation } from "./invert-transformation.ts";

const layer = (features: number, context?: number, units = 4, depth = 1) =>
  autoregressive({
    transformation: invertTransformation(deepSigmoid({ units, depth })),
    conditioner: maskedMlp({ features, parameters: 3 * units * depth, context, hidden: [8], activation: "tanh" }),
  });

behaves("deepSigmoid", layer, { mask: "lower" });
behaves("deepSigmoid, two layers deep, with a context", layer(2, 1, 3, 2));
normalises("deepSigmoid", layer(1), { deviation: 1, box: 40, points: 20_000 });
hasSecondDerivative("deepSigmoid inverted", layer(1), [-2, 0.1, 1.5], "forward");

describe("deepSigmoid", () => {
  const start = (units: number) => {
    const single = layer(1, undefined, units);
    return (x: number[]) =>
      mapValues(single, "inverse", array(x, [x.length, 1]), {
        params: new Float64Array(layoutOf(single.params).size),
      });
  };

  test("starts close to the identity", async () => {
    const x = Array.from({ length: 61 }, (_, i) => (i - 30) / 10);
    const { value } = await start(16)(x);
    value!.forEach((y, i) => void expect(Math.abs(y - x[i]!)).toBeLessThan(0.15));
  });

  test("is onto the line: a thousandth of the weight has slope 1", async () => {
    const { value, logDet } = await start(4)([-1e4, 1e4]);
    expect(value![0]).toBeCloseTo(-1e4 + Math.log(1e-3), 6);
    expect(value![1]).toBeCloseTo(1e4 - Math.log(1e-3), 6);
    logDet!.forEach((v) => void expect(v).toBeCloseTo(0, 9));
  });
});
