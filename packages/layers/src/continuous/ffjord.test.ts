import { add, gradients, mul, sum, traceProgram } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { mlp } from "../network/mlp.ts";
import { array, evaluate, mapValues } from "../testing/evaluate.ts";
import { behaves, hasSecondDerivative, normalises } from "../testing/harness.ts";
import { parametersOf, uniforms, valuesOf } from "../testing/numbers.ts";
import { type FfjordLayerOptions, ffjordLayer } from "./ffjord.ts";

const field = (features: number, context?: number) =>
  mlp({ in: features + 1, out: features, context, hidden: [5], activation: "tanh" });

const exact = { tolerance: 1e-11 };
// Solved to a tolerance that float32 cannot reach.
behaves("ffjord", ffjordLayer({ features: 2, field: field(2), ...exact }), {
  tolerance: 1e-8,
  extreme: 2,
  drift: false,
});
behaves("ffjord of one feature with a context", ffjordLayer({ features: 1, field: field(1, 2), ...exact }), {
  tolerance: 1e-8,
  extreme: 2,
  drift: false,
});
behaves("ffjord by rk4", ffjordLayer({ features: 2, field: field(2), solver: "rk4", steps: 10 }), {
  tolerance: 1e-4,
  extreme: 1,
});
normalises("ffjord", ffjordLayer({ features: 2, field: field(2), tolerance: 1e-7 }), { points: 50, box: 8 });
hasSecondDerivative(
  "ffjord by rk4",
  ffjordLayer({ features: 2, field: field(2), solver: "rk4", steps: 5 }),
  [0.3, -0.4, 1, 2],
);

describe("ffjord", () => {
  const layer = (options: Partial<FfjordLayerOptions> = {}) =>
    ffjordLayer({ features: 2, field: field(2), ...options });
  const params = parametersOf(layer(), 21, 1);
  const z = array(valuesOf("real", 8, 3), [4, 2]);

  const gradientOf = (options: Partial<FfjordLayerOptions>): Promise<Record<string, Float64Array>> =>
    evaluate(layer(options), "inverse", z, { params }, ({ value, logDet, input, flat }) => {
      const [theta, x] = gradients(add(sum(mul(value, value)), sum(logDet)), [flat, input]);
      return { theta: theta!, x: x! };
    });

  test("has the same gradient by the adjoint as back through the steps", async () => {
    const wanted = await gradientOf({ solver: "rk4", steps: 40, adjoint: false });
    for (const options of [
      { solver: "rk4", steps: 40, adjoint: true },
      { solver: "dopri5", tolerance: 1e-8 },
    ] as const) {
      const given = await gradientOf(options);
      for (const name of ["theta", "x"])
        wanted[name]!.forEach((due, i) => {
          expect(Math.abs(given[name]![i]! - due), `${options.solver}, ${name} ${i}`).toBeLessThan(
            1e-5 * (1 + Math.abs(due)),
          );
        });
    }
  });

  test("is as exact as its tolerance says", async () => {
    const truth = await mapValues(layer({ tolerance: 1e-12 }), "forward", z, { params });
    const errors = await Promise.all(
      [1e-3, 1e-5, 1e-7, 1e-9].map(async (tolerance) => {
        const given = await mapValues(layer({ tolerance }), "forward", z, { params });
        const of = (name: string) => Math.max(...given[name]!.map((v, i) => Math.abs(v - truth[name]![i]!)));
        const error = Math.max(of("value"), of("logDet"));
        expect(error, `at tolerance ${tolerance}`).toBeLessThan(20 * tolerance);
        return error;
      }),
    );
    errors.slice(1).forEach((error, i) => void expect(error).toBeLessThan(errors[i]! / 5));
  });

  test("moves each event as if it were alone", async () => {
    const { value } = await mapValues(layer(), "forward", z, { params });
    const alone = await mapValues(layer(), "forward", array(z.data.slice(4, 6), [1, 2]), { params });
    expect(Array.from(alone.value!)).toEqual(Array.from(value!.slice(4, 6)));
  });

  test("says of a field that carries events away that there is no result", async () => {
    const network = mlp({ in: 3, out: 2, hidden: [4], activation: "silu" });
    const explosive = ffjordLayer({ features: 2, field: network });
    const wild = parametersOf(explosive, 21, 30);
    const { value, logDet } = await mapValues(explosive, "forward", array([2, 3], [1, 2]), { params: wild });
    expect([...value!, ...logDet!]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test("estimates the trace in training without bias, and takes it exactly in evaluation", async () => {
    const estimated = layer({ solver: "rk4", steps: 8, trace: "hutchinson" });
    const exactly = layer({ solver: "rk4", steps: 8 });
    const copies = 4000;
    const same = array(Array.from({ length: copies }, () => [0.4, -0.8]).flat(), [copies, 2]);
    const next = uniforms(7);
    const noise = () => Float64Array.from({ length: 2 * copies }, next);
    const { logDet } = await mapValues(estimated, "forward", same, { params, mode: "train", noise });
    const { logDet: due } = await mapValues(exactly, "forward", array([0.4, -0.8], [1, 2]), { params });
    const average = logDet!.reduce((a, b) => a + b) / copies;
    const deviation = Math.sqrt(logDet!.reduce((a, b) => a + (b - average) ** 2, 0) / copies);
    expect(deviation).toBeGreaterThan(0.01);
    expect(Math.abs(average - due![0]!)).toBeLessThan((4 * deviation) / Math.sqrt(copies));
    const { logDet: evaluated } = await mapValues(estimated, "forward", array([0.4, -0.8], [1, 2]), { params });
    expect(evaluated![0]).toBe(due![0]);
  });

  test("says what does not fit", () => {
    expect(() => layer({ field: field(3) })).toThrow("maps 4 numbers to 3; 2 features and the time want 3 to 2");
    expect(() => layer({ adjoint: false })).toThrow("the number of dopri5's steps is not known");
    expect(() =>
      traceProgram(layer(), { mode: "train", inputs: { z: [3, 2] } }, ({ scope, inputs }) => {
        const [, logDet] = layer().forward(scope, inputs["z"]!);
        const [first] = gradients(sum(logDet), [inputs["z"]!]);
        return { second: gradients(sum(first!), [inputs["z"]!])[0]! };
      }),
    ).toThrow(expect.objectContaining({ code: "no-gradient", hint: expect.stringContaining("adjoint: false") }));
  });
});
