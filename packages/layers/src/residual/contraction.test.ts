import { fit, key, layoutOf, reference, uniform } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { residualFlow } from "../recipe/residual-flow.ts";

/** |W|₂ of a matrix [rows, columns], by a thousand power iterations on WᵀW. */
function norm(weight: ArrayLike<number>, rows: number, columns: number): number {
  let v = Array.from({ length: columns }, (_, i) => Math.cos(i + 1));
  let size = 0;
  for (let k = 0; k < 1000; k++) {
    const wv = Array.from({ length: rows }, (_, i) => v.reduce((sum, x, j) => sum + x * weight[i * columns + j]!, 0));
    const next = v.map((_, j) => wv.reduce((sum, x, i) => sum + x * weight[i * columns + j]!, 0));
    size = Math.hypot(...next);
    v = next.map((x) => x / size);
  }
  return Math.sqrt(size);
}

describe("a trained residual flow", () => {
  test("is still a contraction, and still comes back", async () => {
    const hidden = [12];
    const coefficient = 0.9;
    const flow = residualFlow({ features: 2, layers: 2, hidden, coefficient });
    // Two narrow clusters pull the layers to their bounds.
    const noise = uniform(key(4), 800, { min: -0.1, max: 0.1 });
    const x = Array.from({ length: 400 }, (_, i) => [(i % 2 ? 2 : -2) + noise[2 * i]!, noise[2 * i + 1]!]);
    const model = await fit(
      flow,
      { x },
      { backend: reference(), steps: 120, batch: 64, learningRate: 2e-2, average: 0.9, validation: 0 },
    );
    let largest = 0;
    const { params, state } = model.weights;
    const vectors = layoutOf(flow.state).entries;
    for (const { path, parameter, offset } of layoutOf(flow.params).entries) {
      if (!path.endsWith("weight")) continue;
      const [rows, columns] = parameter.shape as [number, number];
      const weight = params.subarray(offset, offset + parameter.size);
      const exact = norm(weight, rows, columns);
      largest = Math.max(largest, exact);
      // What the flow divides by: |W v| of the state's vector after 30 iterations more.
      const u = vectors.find((entry) => entry.path === path.replace(/weight$/, "u"))!;
      let left = Array.from(state.subarray(u.offset, u.offset + rows));
      let estimate = 0;
      for (let k = 0; k < 31; k++) {
        const v = Array.from({ length: columns }, (_, j) =>
          left.reduce((s, l, i) => s + l * weight[i * columns + j]!, 0),
        );
        const wv = Array.from({ length: rows }, (_, i) => v.reduce((s, l, j) => s + l * weight[i * columns + j]!, 0));
        estimate = Math.hypot(...wv) / Math.hypot(...v);
        left = wv.map((l) => l / Math.hypot(...wv));
      }
      expect(exact / Math.max(1, estimate / coefficient), path).toBeLessThan(coefficient + 1e-3);
    }
    expect(largest, "training has gone to the bound").toBeGreaterThan(coefficient);

    // No two points come closer to each other, or further away, than L = coefficient² in each layer allows.
    const points = Array.from(uniform(key(5), 400, { min: -6, max: 6 }));
    const rows = Array.from({ length: 200 }, (_, i) => points.slice(2 * i, 2 * i + 2));
    const z = await model.encode(rows);
    const back = await model.decode(z);
    rows.flat().forEach((v, i) => void expect(Math.abs(back.data[i]! - v)).toBeLessThan(1e-9));
    await model.dispose();
  });
});
