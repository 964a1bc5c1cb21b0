import { gradients, reference, sum, type Tensor, trace } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { array } from "../testing/evaluate.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { normals, uniforms } from "../testing/numbers.ts";
import { scalarLayer } from "../testing/scalar.ts";
import { invertTransformation } from "./invert-transformation.ts";
import { rationalQuadratic, type Tails } from "./rational-quadratic.ts";

const TAILS: readonly Tails[] = ["none", "identity", "sloped", "circular"];
const make = (tails: Tails, bins = 5, bound = 2) => rationalQuadratic({ bins, tails, bound });
const between = (low: number, high: number) => (size: number, seed: number) => {
  const next = uniforms(seed);
  return Float64Array.from({ length: size }, () => low + (high - low) * next());
};

const layer = (tails: Tails, features: number, context?: number) =>
  autoregressive({
    transformation: make(tails),
    conditioner: maskedMlp({
      features,
      parameters: make(tails).parameters,
      context,
      hidden: [8],
      activation: "tanh",
    }),
  });

behaves("spline without tails", layer("none", 3));
behaves("spline with identity tails", layer("identity", 3, 1));
behaves("spline with sloped tails", layer("sloped", 2, 1));
behaves("circular spline", layer("circular", 2), { base: between(-2, 2), circular: true });
behaves("spline turned round", scalarLayer(invertTransformation(make("identity"))));
normalises("spline with identity tails", scalarLayer(make("identity")), { points: 4000 });
normalises("spline with sloped tails", scalarLayer(make("sloped")), { points: 8000, box: 40 });
normalises("spline on the plane", layer("identity", 2), { box: 6, points: 250, deviation: 0.3 });

/** Values and log slopes of `xs` under one θ each, and gradients of the sum of both, of the values alone and of the slopes alone. */
async function run(
  way: "forward" | "inverse",
  transformation: ReturnType<typeof make>,
  theta: readonly number[],
  xs: readonly number[],
): Promise<Record<string, Float64Array>> {
  const shape = [xs.length, transformation.parameters];
  const graph = trace({ theta: shape, x: [xs.length] }, ({ theta: t, x }) => {
    const [value, logSlope] = transformation[way](t, x);
    const [dt, dx] = gradients(sum(value), [t, x]) as [Tensor, Tensor];
    const [st, sx] = gradients(sum(logSlope), [t, x]) as [Tensor, Tensor];
    return { value, logSlope, dt, dx, st, sx };
  });
  const results = await (await reference().compile(graph)).run({
    theta: array(
      xs.flatMap(() => theta),
      shape,
    ),
    x: array(xs, [xs.length]),
  });
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Float64Array.from(data)]));
}

const randomTheta = (count: number, deviation: number, seed: number): number[] => {
  const normal = normals(seed);
  return Array.from({ length: count }, () => deviation * normal());
};

describe("rationalQuadratic", () => {
  for (const tails of TAILS) {
    const [low, high] = tails === "none" ? [0, 1] : [-2, 2];

    test(`${tails}: is the identity at θ = 0`, async () => {
      const t = make(tails);
      const xs = [low, low + 0.1, 0.3, high - 1e-9];
      const { value, logSlope } = await run("forward", t, new Array<number>(t.parameters).fill(0), xs);
      xs.forEach((x, i) => {
        expect(value![i]).toBeCloseTo(x, 14);
        expect(logSlope![i]).toBeCloseTo(0, 14);
      });
    });

    test(`${tails}: has finite gradients at knots, at the edges, beyond them, and at any parameters`, async () => {
      const t = make(tails);
      const knots = Array.from({ length: 6 }, (_, k) => low + ((high - low) * k) / 5);
      const near = knots.flatMap((k) => [k, k - 1e-16, k + 1e-16, k - 1e-8, k + 1e-8]);
      const xs = [...near, ...between(low, high)(10, 1), -3, 5, -1e6, 1e6, -1e30, 1e30];
      for (const deviation of [0, 1, 10, 1e3, 1e12])
        for (const way of ["forward", "inverse"] as const) {
          const results = await run(way, t, randomTheta(t.parameters, deviation, 7), xs);
          for (const [what, values] of Object.entries(results))
            values.forEach((v, i) => {
              if (!Number.isFinite(v)) expect.fail(`${way} at deviation ${deviation}: ${what}[${i}] is ${v}`);
            });
        }
    });

    test(`${tails}: has the derivative that it states, and comes back`, async () => {
      const t = make(tails, 7);
      for (const deviation of [0.5, 4]) {
        const theta = randomTheta(t.parameters, deviation, 3);
        const xs = [...between(low, high)(40, 5)].concat(tails === "circular" || tails === "none" ? [] : [-2.5, 4]);
        const there = await run("forward", t, theta, xs);
        const back = await run("inverse", t, theta, [...there["value"]!]);
        xs.forEach((x, i) => {
          expect(Math.log(there["dx"]![i]!)).toBeCloseTo(there["logSlope"]![i]!, 9);
          expect(Math.log(back["dx"]![i]!)).toBeCloseTo(back["logSlope"]![i]!, 9);
          expect(back["value"]![i]).toBeCloseTo(x, 9);
          expect(back["logSlope"]![i]).toBeCloseTo(-there["logSlope"]![i]!, 7);
        });
      }
    });
  }

  test("increases over all bins, and its slope is continuous at the knots", async () => {
    const t = make("identity");
    const theta = randomTheta(t.parameters, 2, 9);
    const weights = theta.slice(0, 5).map((a) => Math.exp(a / (1 + Math.abs(a) / (0.5 * Math.log(1000)))));
    const total = weights.reduce((a, b) => a + b);
    const knots = [0, 1, 2, 3, 4].map((k) => -2 + (4 * weights.slice(0, k).reduce((a, b) => a + b, 0)) / total);
    const { logSlope } = await run(
      "forward",
      t,
      theta,
      knots.flatMap((k) => [k - 1e-11, k + 1e-11]),
    );
    for (let k = 0; k < 5; k++) expect(logSlope![2 * k]).toBeCloseTo(logSlope![2 * k + 1]!, 6);
    const { value } = await run(
      "forward",
      t,
      theta,
      Array.from({ length: 101 }, (_, i) => -2.5 + i / 20),
    );
    for (let i = 1; i < 101; i++) expect(value![i]).toBeGreaterThan(value![i - 1]!);
  });

  test("goes straight on with its end slopes, or turns a circle", async () => {
    const sloped = make("sloped");
    const { value, logSlope } = await run("forward", sloped, randomTheta(16, 1, 4), [2, 3, 4, -2, -3]);
    expect(value![2]! - value![1]!).toBeCloseTo(value![1]! - value![0]!, 12);
    expect(logSlope![1]).toBeCloseTo(Math.log(value![1]! - value![0]!), 12);
    expect(logSlope![4]).toBeCloseTo(Math.log(value![3]! - value![4]!), 12);

    const circular = make("circular");
    const theta = randomTheta(16, 1, 4);
    const round = await run("forward", circular, theta, [-2, 2, 0.7, 4.7]);
    expect(round["value"]![0]).toBeCloseTo(round["value"]![1]!, 12);
    expect(round["value"]![2]).toBeCloseTo(round["value"]![3]!, 12);
    expect(round["logSlope"]![0]).toBeCloseTo(round["logSlope"]![1]!, 12);
    const turned = await run("forward", circular, [...new Array<number>(15).fill(0), Math.PI / 2], [-2, 0, 1.5]);
    expect([...turned["value"]!].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([-1, 1, -1.5]);
  });

  test("says what is wrong with its options", () => {
    expect(() => rationalQuadratic({ bins: 1 })).toThrow("rational-quadratic: option bins");
    expect(() => rationalQuadratic({ tails: "flat" as "none" })).toThrow("rational-quadratic: option tails");
    expect(() => rationalQuadratic({ leastSlope: 0 })).toThrow("rational-quadratic: option leastSlope");
  });
});
