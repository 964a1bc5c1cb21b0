import { describe, expect, test } from "vitest";
import { size } from "../bijector/described.ts";
import { normalInit } from "../bijector/parameter.ts";
import { definePart, type Network } from "../bijector/parts.ts";
import { layoutOf, traceProgram } from "../bijector/program.ts";
import * as z from "../bijector/schema.ts";
import { gradients } from "../grad/gradients.ts";
import type { Tensor } from "../graph/tensor.ts";
import { matmul, sum } from "../ops/reduce.ts";
import { foldIn, key, normal, uniform } from "../random/index.ts";
import { reference } from "../reference/backend.ts";
import type { Base } from "./base.ts";
import { conditionalNormal } from "./conditional-normal.ts";
import { diagonalNormal } from "./diagonal-normal.ts";
import { mixtureOfNormals } from "./mixture-of-normals.ts";
import { normalAndCircular } from "./normal-and-circular.ts";

const linear = definePart<{ in: number; out: number }, Network>({
  kind: "test-linear",
  options: z.object({ in: size, out: size }),
  build: ({ in: inputs, out }) => ({
    role: "network",
    context: undefined,
    params: { weight: normalInit([inputs, out], 1) },
    apply: (scope, x) => matmul(x, (scope.params as { weight: Tensor }).weight),
  }),
});

type Results = Readonly<Record<string, ArrayLike<number>>>;

/** Runs a base's density at points, or its sampler, with parameters and a context for all. */
async function run(
  base: Base,
  shape: readonly number[],
  params: readonly number[],
  what: { readonly points?: readonly number[]; readonly context?: readonly number[] },
): Promise<Results> {
  const batch = shape.slice(0, shape.length - base.event.length);
  const context = what.context && [...batch.map(() => 1), what.context.length];
  const { graph, noises } = traceProgram(
    { params: base.params, state: {} },
    { mode: "eval", inputs: what.points ? { x: shape } : {}, context },
    ({ scope, inputs, flat }) => {
      const result = what.points ? base.logProb(scope, inputs["x"]!) : base.sample(scope, batch);
      return { result, ...(params.length > 0 ? { gradient: gradients(sum(result), [flat])[0]! } : {}) };
    },
  );
  const drawn = noises.map(({ kind, name, shape: s }, i) => {
    const count = (s as number[]).reduce((a, b) => a * b, 1);
    return [name, { data: (kind === "normal" ? normal : uniform)(foldIn(key(3), i), count), shape: s as number[] }];
  });
  const outputs = await (await reference().compile(graph)).run({
    ...(params.length > 0 ? { params: { data: Float64Array.from(params), shape: [params.length] } } : {}),
    ...(what.points ? { x: { data: Float64Array.from(what.points), shape } } : {}),
    ...(what.context && context ? { context: { data: Float64Array.from(what.context), shape: context } } : {}),
    ...Object.fromEntries(drawn),
  });
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
}

const logNormal = (x: number, mean: number, deviation: number): number =>
  -0.5 * ((x - mean) / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
const range = (n: number): number[] => [...Array(n).keys()];

describe("mixtureOfNormals", () => {
  const base = mixtureOfNormals({ event: [2], components: 3 });
  // In the layout's order: log-scales [3, 2], log-weights [3], means [3, 2].
  const paths = layoutOf(base.params).entries.map((e) => e.path);
  const values: Record<string, number[]> = {
    logWeight: [0.5, -1, 0],
    mean: [-2, 1, 3, 0, 0, -1],
    logScale: [-0.5, 0.2, 0, 0.1, -1, 0.3],
  };
  const params = paths.flatMap((path) => values[path]!);
  const total = values["logWeight"]!.reduce((s, v) => s + Math.exp(v), 0);
  const weights = values["logWeight"]!.map((v) => Math.exp(v) / total);
  const component = (k: number, i: number): readonly [number, number] => [
    values["mean"]![2 * k + i]!,
    Math.exp(values["logScale"]![2 * k + i]!),
  ];

  test("has the density of its formula, and a finite gradient far out", async () => {
    const points = [0.3, -0.4, 2, 1, -30, 40, 1e4, 1e4];
    const { result, gradient } = await run(base, [4, 2], params, { points });
    for (const i of [0, 1, 2]) {
      const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
      const logs = weights.map(
        (w, k) => Math.log(w) + logNormal(x, ...component(k, 0)) + logNormal(y, ...component(k, 1)),
      );
      const top = Math.max(...logs);
      expect(result![i]).toBeCloseTo(top + Math.log(logs.reduce((s, v) => s + Math.exp(v - top), 0)), 9);
    }
    expect(Array.from(gradient!).every(Number.isFinite)).toBe(true);
  });

  test("draws samples of the mixture's mean, variance and shares", async () => {
    const n = 20_000;
    const { result } = await run(base, [n, 2], params, {});
    for (const i of [0, 1]) {
      const column = range(n).map((r) => result![2 * r + i]!);
      const mean = column.reduce((a, b) => a + b) / n;
      const wanted = weights.reduce((s, w, k) => s + w * component(k, i)[0], 0);
      const second = weights.reduce((s, w, k) => s + w * (component(k, i)[0] ** 2 + component(k, i)[1] ** 2), 0);
      const deviation = Math.sqrt(second - wanted ** 2);
      expect(Math.abs(mean - wanted)).toBeLessThan((4 * deviation) / Math.sqrt(n));
      const variance = column.reduce((s, v) => s + (v - mean) ** 2, 0) / n;
      expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(0.05);
    }
  });

  test("of one component is a diagonal normal, in scalars and matrices too", async () => {
    for (const event of [[], [2, 2]]) {
      const one = mixtureOfNormals({ event, components: 1 });
      const plain = diagonalNormal({ event });
      const count = event.reduce((a, b) => a * b, 1);
      const points = range(3 * count).map((i) => Math.sin(i));
      const own = (b: Base): number[] =>
        layoutOf(b.params).entries.flatMap(({ path, parameter }) =>
          range(parameter.size).map((i) => (path === "logWeight" ? 5 : path === "mean" ? i : i / 3)),
        );
      const shape = [3, ...event];
      const mixed = await run(one, shape, own(one), { points });
      const wanted = await run(plain, shape, own(plain), { points });
      range(3).forEach((i) => void expect(mixed["result"]![i]).toBeCloseTo(wanted["result"]![i]!, 12));
      expect((await run(one, shape, own(one), {}))["result"]!.length).toBe(3 * count);
    }
  });
});

describe("normalAndCircular", () => {
  const base = normalAndCircular({ features: 3, circular: [1], bound: 2 });

  test("is uniform on the circle and normal beside it", async () => {
    const { result } = await run(base, [2, 3], [], { points: [0.3, 1.9, -1, 2, -0.5, 0] });
    expect(result![0]).toBeCloseTo(logNormal(0.3, 0, 1) + logNormal(-1, 0, 1) - Math.log(4), 12);
    expect(result![1]).toBeCloseTo(logNormal(2, 0, 1) + logNormal(0, 0, 1) - Math.log(4), 12);
    const drawn = (await run(base, [4000, 3], [], {}))["result"]!;
    const second = (i: number): number => range(4000).reduce((s, r) => s + drawn[3 * r + i]! ** 2, 0) / 4000;
    for (const [i, variance] of [1, 4 / 3, 1].entries()) expect(Math.abs(second(i) / variance - 1)).toBeLessThan(0.1);
    expect(range(4000).every((r) => Math.abs(drawn[3 * r + 1]!) <= 2)).toBe(true);
  });

  test("refuses features that there are not", () => {
    expect(() => normalAndCircular({ features: 2, circular: [1, 1], bound: 1 })).toThrow(
      "must name different features",
    );
  });
});

describe("conditionalNormal", () => {
  const network = linear({ in: 2, out: 4 });
  const base = conditionalNormal({ event: [2], context: 2, network });
  const params = [1, 0, 0.2, 0, 0, -2, 0, 40];
  const moments = (c: readonly number[]): readonly [mean: number[], deviation: number[]] => [
    [c[0]!, -2 * c[1]!],
    [Math.exp(5 * Math.tanh((0.2 * c[0]!) / 5)), Math.exp(5 * Math.tanh((40 * c[1]!) / 5))],
  ];

  test("has the density of the context's mean and deviation, bounded", async () => {
    for (const context of [
      [0.5, -0.01],
      [2, 1],
    ]) {
      const points = [0.1, 0.2, -1, 3];
      const { result, gradient } = await run(base, [2, 2], params, { points, context });
      const [mean, deviation] = moments(context);
      for (const i of [0, 1])
        expect(result![i]).toBeCloseTo(
          logNormal(points[2 * i]!, mean[0]!, deviation[0]!) + logNormal(points[2 * i + 1]!, mean[1]!, deviation[1]!),
          9,
        );
      expect(Array.from(gradient!).every(Number.isFinite)).toBe(true);
    }
  });

  test("draws samples about the context's mean", async () => {
    const context = [1.5, 0.02];
    const { result } = await run(base, [8000, 2], params, { context });
    const [mean, deviation] = moments(context);
    for (const i of [0, 1]) {
      const column = range(8000).map((r) => (result![2 * r + i]! - mean[i]!) / deviation[i]!);
      expect(Math.abs(column.reduce((a, b) => a + b) / 8000)).toBeLessThan(0.05);
      expect(Math.abs(column.reduce((s, v) => s + v * v, 0) / 8000 - 1)).toBeLessThan(0.06);
    }
  });

  test("says which output its network should have, and where the context belongs", async () => {
    const wrong = conditionalNormal({ event: [3], context: 2, network });
    await expect(run(wrong, [1, 3], params, { points: [0, 0, 0], context: [0, 0] })).rejects.toThrow(
      "test-linear returned [1, 4] where mean and log-scale of events [3] want [1, 6]",
    );
    const hungry = { ...network, context: [2] };
    expect(() => conditionalNormal({ event: [2], context: 2, network: hungry })).toThrow(
      "test-linear wants a context [2] beside its input",
    );
  });
});
