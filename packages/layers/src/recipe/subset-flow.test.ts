import { Model, parseOptions, reference, traceProgram } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { parametersOf } from "../testing/numbers.ts";
import { realNVP } from "./real-nvp.ts";
import { recipes } from "./recipes.ts";
import { featureLogProbs, subsetFlow } from "./subset-flow.ts";

const small = { width: 8, blocks: 1, heads: 2, hidden: 8 };
const shared = subsetFlow({ features: 3, categories: 4, ...small });
const mixed = subsetFlow({ features: 3, categories: [2, 5, 3], context: 2, ...small });
/** Every event of the mixed flow. */
const events = Array.from({ length: 30 }, (_, i) => [i % 2, Math.floor(i / 2) % 5, Math.floor(i / 10)]);

behaves("subsetFlow of one alphabet", shared.bijector);
behaves("subsetFlow of columns, with a context", mixed.bijector);
behaves("subsetFlow of one feature", subsetFlow({ features: 1, categories: 3, ...small }).bijector);
behaves("subsetFlow of one class", subsetFlow({ features: 2, categories: 1, ...small }).bijector);

describe("subsetFlow", () => {
  test("is a distribution over its events, under each context", async () => {
    const params = parametersOf(mixed.bijector, 2, 0.6);
    const shape = [events.length, 3];
    const { graph, noises } = traceProgram(
      mixed,
      { mode: "eval", inputs: { x: shape }, context: [1, 2] },
      ({ scope, inputs }) => ({ logProb: mixed.logProb(scope, inputs["x"]!) }),
    );
    const executable = await reference().compile(graph);
    const sums: number[] = [];
    for (const context of [
      [0, 0],
      [1, -2],
    ]) {
      const { logProb } = await executable.run({
        params: array(params, [params.length]),
        x: array(events.flat(), shape),
        context: array(context, [1, 2]),
        ...Object.fromEntries(noises.map((n) => [n.name, array(new Float64Array(90).fill(0.3), shape)])),
      });
      const all = Array.from(logProb!.data, Math.exp);
      expect(Math.abs(all.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
      sums.push(all[7]!);
    }
    expect(Math.abs(sums[0]! - sums[1]!)).toBeGreaterThan(1e-4);
  });

  test("decodes what it encodes, after rounding to float32 too", async () => {
    const setting = { params: parametersOf(mixed.bijector, 2, 0.6), context: array([0.3, 1], [1, 2]) };
    const x = array(events.flat(), [30, 3]);
    const { value: z } = await mapValues(mixed.bijector, "inverse", x, setting);
    const { value } = await mapValues(mixed.bijector, "forward", array(z!.map(Math.fround), [30, 3]), setting);
    expect(Array.from(value!)).toEqual(Array.from(x.data));
  });

  test("goes from one event to another through events, both ends exact", async () => {
    const params = parametersOf(shared.bijector, 2, 0.6);
    const model = new Model(shared, { params, state: new Float64Array(0) }, reference());
    for (const path of ["linear", "spherical"] as const) {
      const { data, shape } = await model.interpolate([0, 3, 1], [2, 0, 3], 7, { path });
      expect(shape).toEqual([7, 3]);
      expect([...data.subarray(0, 3), ...data.subarray(18)]).toEqual([0, 3, 1, 2, 0, 3]);
      expect(Array.from(data).every((v) => Number.isInteger(v) && v >= 0 && v < 4)).toBe(true);
    }
    await model.dispose();
  });

  test("tells the share of each feature, of which ln p is the sum", async () => {
    const params = parametersOf(shared.bijector, 2, 0.6);
    const model = new Model(shared, { params, state: new Float64Array(0) }, reference());
    const x = [
      [0, 3, 1],
      [0, 3, 2],
    ];
    const { data } = await model.compute("features", x, featureLogProbs(shared));
    const whole = (await model.logProb(x)).data;
    for (const row of [0, 1])
      expect(Array.from(data.subarray(3 * row, 3 * row + 3)).reduce((a, b) => a + b, 0)).toBeCloseTo(whole[row]!, 12);
    // Features are told by those before them alone.
    expect([...data.subarray(0, 2)]).toEqual([...data.subarray(3, 5)]);
    expect(() => featureLogProbs(realNVP({ features: 2 }))).toThrow(
      expect.objectContaining({ code: "not-a-subset-flow" }),
    );
    await model.dispose();
  });

  test("says how many numbers of classes it wants", () => {
    expect(() => subsetFlow({ features: 3, categories: [2, 2] })).toThrow("2 numbers of categories for 3 features");
    expect(() => subsetFlow({ features: 3, categories: 257 })).toThrow("histogram-cdf: option bins");
    expect(() => parseOptions("subsetFlow", recipes.subsetFlow.options, { features: 2, categories: [2, 0] })).toThrow(
      "option categories",
    );
  });
});
