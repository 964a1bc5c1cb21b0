import { type Bijector, fromJSON, toJSON } from "@normflow/core";
import { describe, expect, it, test } from "vitest";
import { all } from "../all.ts";
import { cholesky } from "../linear/cholesky.ts";
import { unwhiten } from "../linear/unwhiten.ts";
import { jitter } from "../normalisation/jitter.ts";
import { latticeDequantize } from "../surjection/lattice-dequantize.ts";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { type TableColumns, tabular } from "./tabular.ts";

const columns: TableColumns = {
  rows: 100,
  shift: [10, -2],
  scale: [2, 0.5],
  covariance: [[1], [0.9, 1]],
  step: [0, 0],
  origin: [0, 0],
};
const small = { features: 2, hidden: [8], bins: 4, activation: "tanh" as const };
const none = { params: new Float64Array(0) };

behaves("unwhiten", unwhiten({ shift: [1, -2, 0], lower: [[1.05], [-0.1, 0.95], [0.05, 0.1, 1]] }));
behaves("jitter", jitter({ deviation: [0.5, 0], fall: 0.1, steps: 10 }));
behaves("latticeDequantize", latticeDequantize({ step: [1, 0, 0.25], origin: [0, 0, 3] }), {
  base: (n) => Array.from({ length: n }, (_, i) => 0.25 * (i - 7) + 0.1),
});
behaves("tabular", tabular({ ...small, columns }).bijector, { deviation: 0.2 });
behaves("tabular with a context", tabular({ ...small, context: 1 }).bijector, { deviation: 0.2 });
normalises("tabular", tabular(small).bijector, { points: 300, box: 8, deviation: 0.1 });

describe("cholesky", () => {
  it("is the root of a covariance, and bounded where columns follow from each other", () => {
    const lower = cholesky([[4], [2, 5], [0, 1, 3]], 1e-6);
    const product = (i: number, j: number): number => lower[i]!.reduce((s, v, k) => s + v * (lower[j]![k] ?? 0), 0);
    expect([product(0, 0), product(1, 0), product(1, 1), product(2, 0), product(2, 1), product(2, 2)]).toEqual(
      [4, 2, 5, 0, 1, 3].map((v) => expect.closeTo(v, 12)),
    );
    expect(cholesky([[1], [1, 1]], 1e-4)).toEqual([[1], [1, expect.closeTo(0.01, 12)]]);
  });
});

describe("latticeDequantize", () => {
  const layer = latticeDequantize({ step: [1, 0], origin: [0, 0] });
  it("spreads values over their cells and takes them back, and leaves the middle where it is", async () => {
    const x = array([3, 0.7, -2, 0.1], [2, 2]);
    for (const u of [0.001, 0.5, 0.999]) {
      const { value } = await mapValues(layer, "inverse", x, { ...none, noise: () => new Float64Array(4).fill(u) });
      expect([...value!]).toEqual([3 + u - 0.5, 0.7, -2 + u - 0.5, 0.1].map((v) => expect.closeTo(v, 12)));
      const back = await mapValues(layer, "forward", array(value!, [2, 2]), none);
      expect([...back.value!]).toEqual([3, 0.7, -2, 0.1].map((v) => expect.closeTo(v, 12)));
    }
  });
  it("refuses steps that are none", () => {
    expect(() => latticeDequantize({ step: [-1], origin: [0] })).toThrow("the step of feature 0 is below 0");
    expect(() => latticeDequantize({ step: [1], origin: [] })).toThrow("1 steps and 0 origins");
  });
});

describe("tabular", () => {
  test("starts as the normal distribution with the data's covariance", async () => {
    const flow = tabular({ ...small, noise: 0, columns });
    const size = (tree: object): number => Object.keys(tree).length;
    expect(size(flow.params as object)).toBeGreaterThan(0);
    const { value, logDet } = await mapValues(
      unwhiten({ shift: columns.shift, lower: [[2], [0.9 * 0.5, Math.sqrt(1 - 0.81) * 0.5]] }),
      "inverse",
      array([12, -2], [1, 2]),
      none,
    );
    expect(value![0]).toBeCloseTo(1, 12);
    expect(value![1]).toBeCloseTo(-0.9 / Math.sqrt(0.19), 12);
    expect(logDet![0]).toBeCloseTo(-Math.log(2 * 0.5 * Math.sqrt(0.19)), 12);
    expect(toJSON(flow)).toMatchObject({
      options: {
        bijector: { options: { layers: expect.arrayContaining([expect.objectContaining({ kind: "unwhiten" })]) } },
      },
    });
  });

  test("goes into a file with its columns and comes back", () => {
    const made = tabular({ ...small, columns: { ...columns, step: [1, 0] } });
    const json: unknown = JSON.parse(JSON.stringify(toJSON(made)));
    const again = fromJSON(json, all) as { readonly bijector: Bijector };
    expect(toJSON(again)).toEqual(json);
    expect(again.bijector.facts.stochastic.inverse).toBe(true);
  });

  test("refuses columns that are not its own", () => {
    expect(() => tabular({ ...small, columns: { ...columns, shift: [1] } })).toThrow("columns.shift has 1 entries");
    expect(() => tabular({ ...small, columns: { ...columns, scale: [1, 0] } })).toThrow("column 1 does not vary");
    expect(() => unwhiten({ shift: [0, 0], lower: [[1], [1]] })).toThrow("row 1 of the lower triangle has 1 entries");
    expect(() => unwhiten({ shift: [0], lower: [[0]] })).toThrow("entry 0 of the diagonal is 0");
    expect(() => jitter({ deviation: [-1], fall: 1, steps: 1 })).toThrow("the deviation of feature 0 is below 0");
  });
});
