import {
  chain,
  FlowError,
  foldIn,
  gradients,
  invert,
  key,
  layoutOf,
  mean,
  reference,
  startValues,
  traceProgram,
  uniform,
} from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array, evaluate } from "../testing/evaluate.ts";
import { behaves, hasSecondDerivative, normalises } from "../testing/harness.ts";
import { parametersOf, valuesOf } from "../testing/numbers.ts";
import { residual } from "./residual.ts";

const small = { hidden: [5, 4] };

for (const activation of ["lipswish", "clipswish", "sin"] as const)
  behaves(`residual with ${activation}`, residual({ features: 3, activation, ...small }), { deviation: 1 });
behaves("residual of one feature with a context", residual({ features: 1, context: 2, ...small }));
behaves(
  "two residual layers",
  chain([residual({ features: 2, ...small }), invert(residual({ features: 2, ...small }))]),
);
behaves("residual by series", residual({ features: 17, hidden: [5], coefficient: 0.7, terms: 60 }), { deviation: 0.3 });
normalises("residual", residual({ features: 2, ...small }), { points: 150, box: 9, deviation: 2 });
hasSecondDerivative("residual", residual({ features: 2, ...small }), [0.3, -0.4, 1, 2]);

describe("the estimate of training", () => {
  const layer = residual({ features: 2, hidden: [6], activation: "sin" });
  const params = parametersOf(layer, 4, 2);
  const COPIES = 100;
  const DRAWS = 400;

  /** Mean log-det at one point, and its gradient, in a mode. */
  const traced = (mode: "train" | "eval", copies: number) =>
    traceProgram(layer, { mode, inputs: { z: [copies, 2] } }, ({ scope, inputs, flat }) => {
      const [, logDet] = layer.forward(scope, inputs["z"]!);
      const average = mean(logDet);
      const [gradient, at] = gradients(average, [flat, inputs["z"]!]);
      return { average, gradient: gradient!, at: at! };
    });

  async function settledState(): Promise<Float64Array> {
    const state = startValues(layoutOf(layer.state), key(1));
    const { state: settled } = await evaluate(
      layer,
      "forward",
      array([0, 0], [1, 2]),
      { params, state, mode: "init" },
      (m) => ({
        value: m.value,
        logDet: m.logDet,
      }),
    );
    return settled!;
  }

  test("is on average the log-det, and its gradient the gradient", async () => {
    const state = array(await settledState(), [layoutOf(layer.state).size]);
    const point = [0.1, -0.2];
    const given = (copies: number) => ({
      params: array(params, [params.length]),
      state,
      z: array(Array.from({ length: copies }, () => point).flat(), [copies, 2]),
    });
    const exact = await (await reference().compile(traced("eval", 1).graph)).run(given(1));
    const program = traced("train", COPIES);
    const executable = await reference().compile(program.graph);
    const estimates: Float64Array[] = [];
    for (let i = 0; i < DRAWS; i++) {
      const noise = program.noises.map(({ name, shape }, j) => {
        const size = (shape as number[]).reduce((a, b) => a * b, 1);
        return [name, array(uniform(foldIn(foldIn(key(5), i), j), size), shape as number[])] as const;
      });
      const out = await executable.run({ ...given(COPIES), ...Object.fromEntries(noise) });
      const at = [0, 1].map((d) => Array.from(out["at"]!.data).reduce((sum, v, k) => (k % 2 === d ? sum + v : sum), 0));
      estimates.push(Float64Array.from([out["average"]!.data[0]!, ...out["gradient"]!.data, ...at]));
    }
    const wanted = [exact["average"]!.data[0]!, ...exact["gradient"]!.data, ...exact["at"]!.data];
    expect(Math.abs(wanted[0]!)).toBeGreaterThan(0.15);
    wanted.forEach((due, i) => {
      const average = estimates.reduce((sum, e) => sum + e[i]!, 0) / DRAWS;
      const spread = Math.sqrt(estimates.reduce((sum, e) => sum + (e[i]! - average) ** 2, 0) / DRAWS);
      expect(Math.abs(average - due), `entry ${i}: ${average} for ${due}, deviation ${spread}`).toBeLessThan(
        4 * (spread / Math.sqrt(DRAWS)) + 1e-12,
      );
      expect(spread / Math.sqrt(DRAWS), `entry ${i} is known well enough to tell`).toBeLessThan(
        0.05 * Math.max(0.2, Math.abs(wanted[0]!)),
      );
    });
  });

  test("has one derivative, and says so of the second", () => {
    expect(() =>
      traceProgram(layer, { mode: "train", inputs: { z: [3, 2] } }, ({ scope, inputs }) => {
        const [, logDet] = layer.forward(scope, inputs["z"]!);
        const [first] = gradients(mean(logDet), [inputs["z"]!]);
        return { second: gradients(mean(first!), [inputs["z"]!])[0]! };
      }),
    ).toThrow(expect.objectContaining({ code: "no-gradient", hint: expect.stringContaining('logDet: "exact"') }));
  });
});

describe("residual", () => {
  test("takes a single event without a batch", async () => {
    const layer = residual({ features: 2, ...small });
    const setting = { params: parametersOf(layer, 4) };
    const { value } = await evaluate(layer, "forward", array([1, 2], [2]), setting, (m) => ({ value: m.value }));
    const { back } = await evaluate(layer, "inverse", array(value!, [2]), setting, (m) => ({ back: m.value }));
    expect(Math.max(Math.abs(back![0]! - 1), Math.abs(back![1]! - 2))).toBeLessThan(1e-12);
  });

  test("inverts each event as if it were alone", async () => {
    const layer = residual({ features: 2, ...small });
    const setting = { params: parametersOf(layer, 4, 2) };
    const x = valuesOf("real", 40, 3).map((v) => 3 * v);
    const { all } = await evaluate(layer, "inverse", array(x, [20, 2]), setting, (m) => ({ all: m.value }));
    const { one } = await evaluate(layer, "inverse", array(x.slice(6, 8), [1, 2]), setting, (m) => ({ one: m.value }));
    expect(Array.from(one!)).toEqual(Array.from(all!.slice(6, 8)));
  });

  test("wants a contraction", () => {
    expect(() => residual({ features: 2, coefficient: 1 })).toThrow(FlowError);
    expect(() => residual({ features: 2, coefficient: 1 })).toThrow("does not make the network a contraction");
  });
});
