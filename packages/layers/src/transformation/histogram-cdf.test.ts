import { gradients, reference, sum, type Tensor, trace } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array } from "../testing/evaluate.ts";
import { normals, uniforms } from "../testing/numbers.ts";
import { histogramCdf } from "./histogram-cdf.ts";

async function run(
  way: "forward" | "inverse",
  theta: readonly number[],
  values: readonly number[],
  floor = 2e-3,
): Promise<{ value: Float64Array; slope: Float64Array; gradient: Float64Array }> {
  const bins = theta.length;
  const graph = trace({ theta: [values.length, bins], x: [values.length] }, ({ theta: t, x }) => {
    const [value, slope] = histogramCdf({ bins, floor })[way](t, x);
    const [gradient] = gradients(sum(slope), [t]) as [Tensor];
    return { value, slope, gradient };
  });
  const executable = await reference().compile(graph);
  const { value, slope, gradient } = await executable.run({
    theta: array(
      values.flatMap(() => theta),
      [values.length, bins],
    ),
    x: array(values, [values.length]),
  });
  return {
    value: value!.data as Float64Array,
    slope: slope!.data as Float64Array,
    gradient: gradient!.data as Float64Array,
  };
}

/** Written out from the formula, class by class. */
function probabilities(theta: readonly number[], floor: number): number[] {
  const allowed = theta.map((t) => (t > -1e8 ? 1 : 0));
  const total = theta.reduce((s, t) => s + Math.exp(t), 0);
  const classes = allowed.reduce<number>((a, b) => a + b, 0);
  return theta.map((t, k) => ((1 - floor) * Math.exp(t)) / total + (floor * allowed[k]!) / classes);
}

describe("histogramCdf", () => {
  test("has the log-probability of the class as its slope", async () => {
    const theta = [0.3, -1, 2, -1e9, 0.1];
    const p = probabilities(theta, 2e-3);
    const { slope, value } = await run("forward", theta, [0.5, 1, 2.25, 4.75]);
    [0, 1, 2, 4].forEach((k, i) => void expect(slope[i]).toBeCloseTo(Math.log(p[k]!), 12));
    expect(value[2]).toBeCloseTo(p[0]! + p[1]! + 0.25 * p[2]!, 12);
    expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test("never enters a class that does not exist, nor leaves the range", async () => {
    const next = uniforms(3);
    const normal = normals(4);
    for (let trial = 0; trial < 40; trial++) {
      const theta = Array.from({ length: 9 }, () => (next() < 0.5 ? -1e9 : 20 * normal()));
      theta[trial % 9] = 0;
      const p = probabilities(theta, 0);
      const edges = p.map((_, k) => p.slice(0, k + 1).reduce((a, b) => a + b, 0));
      const us = [0, 1, -1, 2, 1 - 2 ** -24, 2 ** -25, ...edges, ...Array.from({ length: 20 }, next)];
      for (const floor of [0, 2e-3]) {
        const { value, slope, gradient } = await run("inverse", theta, us, floor);
        for (const x of value) {
          expect(theta[Math.floor(x)], `${x}`).toBeGreaterThan(-1e8);
          expect(Math.floor(Math.fround(x))).toBe(Math.floor(x));
        }
        expect(slope.every(Number.isFinite) && gradient.every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("comes back from every cell's middle, to the middle", async () => {
    const normal = normals(5);
    const theta = Array.from({ length: 37 }, () => 4 * normal());
    const middles = theta.map((_, k) => k + 0.5);
    const { value: u } = await run("forward", theta, middles);
    const { value: x } = await run("inverse", theta, [...u]);
    x.forEach((v, k) => void expect(v).toBeCloseTo(k + 0.5, 9));
  });

  test("keeps 255 in its cell in float32", async () => {
    const { value } = await run("inverse", new Array<number>(256).fill(0), [1, 0.9999999]);
    for (const x of value) expect(Math.floor(Math.fround(x))).toBe(255);
  });

  test("charges 1e8 nats for what does not exist, without NaN", async () => {
    const { slope, gradient, value } = await run("forward", [0, -1e9, 1], [1.5, 5, -3]);
    expect(slope[0]).toBe(-1e8);
    expect(gradient.every(Number.isFinite) && value.every(Number.isFinite)).toBe(true);
  });

  test("names the limit of cells", () => {
    expect(() => histogramCdf({ bins: 257 })).toThrow("histogram-cdf: option bins");
  });
});
