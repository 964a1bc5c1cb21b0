import {
  type Bijector,
  chain,
  errorFunction,
  type Flow,
  flow,
  reference,
  standardNormal,
  traceProgram,
} from "@normflow/core";
import { describe, expect, test } from "vitest";
import { normalCdf, realNVP, rescale, reshapeEvent, sigmoid, subsetFlow } from "../index.ts";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { parametersOf } from "../testing/numbers.ts";
import { argmax } from "./argmax.ts";
import { variationalDequantize } from "./variational-dequantize.ts";

/** A noise flow over n entries told of as many numbers, ending in the given layers. */
function noiseOf(features: number, context: number, ...last: Bijector[]): Flow {
  const { base, bijector } = realNVP({ features, context, layers: 2, hidden: [6], actNorm: false, activation: "tanh" });
  return flow({ base, bijector: chain([bijector, ...last]) });
}
const pair = variationalDequantize({ event: [2], levels: 3, noise: noiseOf(2, 2, sigmoid({ event: [2] })) });
const classes = argmax({ features: 2, categories: 3, noise: noiseOf(6, 6, reshapeEvent({ from: [6], to: [2, 3] })) });

behaves("variationalDequantize", pair, { deviation: 0.3 });
behaves(
  "variationalDequantize with a context",
  variationalDequantize({ event: [2], levels: 3, noise: noiseOf(2, 5, sigmoid({ event: [2] })) }),
  { deviation: 0.3 },
);
behaves("argmax", classes, { deviation: 0.3 });

const Φ = (x: number): number => 0.5 * (1 + errorFunction(x / Math.SQRT2));

/** ln p of one event many times over, each time with other noise. */
async function drawn(
  subject: Flow,
  params: Float64Array,
  x: readonly number[],
  noise: Float64Array,
): Promise<Float64Array> {
  const rows = Array.from({ length: noise.length / subject.bijector.facts.base.reduce((a, b) => a * b, 1) }, () => x);
  const shape = [rows.length, ...subject.event];
  const { graph, noises } = traceProgram(subject, { mode: "eval", inputs: { x: shape } }, ({ scope, inputs }) => ({
    logProb: subject.logProb(scope, inputs["x"]!),
  }));
  const executable = await reference().compile(graph);
  const { logProb } = await executable.run({
    params: array(params, [params.length]),
    x: array(rows.flat(), shape),
    ...Object.fromEntries(noises.map((n) => [n.name, array(noise, n.shape as number[])])),
  });
  return logProb!.data as Float64Array;
}

const mean = (v: ArrayLike<number>): number => Array.from(v).reduce((a, b) => a + b, 0) / v.length;

/** Φ⁻¹ by bisection. */
function quantile(p: number): number {
  let [low, high] = [-9, 9];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (Φ(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

/** Noise of two dimensions, stratified: the mean over it is a quadrature. */
const grid = (n: number): Float64Array =>
  Float64Array.from(
    Array.from({ length: n * n }, (_, i) => [i % n, Math.floor(i / n)].map((k) => quantile((k + 0.5) / n))).flat(),
  );

describe("variationalDequantize", () => {
  test("bounds the exact likelihood from below, and weighs it exactly", async () => {
    // Φ gives even noise at the start, whose weights have no long tail.
    const even = variationalDequantize({ event: [2], levels: 3, noise: noiseOf(2, 2, normalCdf({ event: [2] })) });
    const [shift, scale] = [
      [1, 0.6],
      [0.9, 1.3],
    ];
    const subject = flow({ base: standardNormal({ event: [2] }), bijector: chain([rescale({ shift, scale }), even]) });
    expect(subject.bijector.facts).toMatchObject({ exact: false, stochastic: { forward: false, inverse: true } });
    const params = parametersOf(subject.bijector, 5, 0.2);
    const noise = grid(60);
    for (const x of [
      [0, 0],
      [1, 2],
      [2, 0],
    ]) {
      const exact = x.reduce(
        (nats, v, i) => nats + Math.log(Φ((v + 1 - shift[i]!) / scale[i]!) - Φ((v - shift[i]!) / scale[i]!)),
        0,
      );
      const logProb = await drawn(subject, params, x, noise);
      const bound = mean(logProb);
      expect(bound).toBeLessThan(exact - 1e-3);
      // E_q [p(y) / q(u | x)] = P(x): holds for no other density of the noise than its own.
      expect(Math.abs(Math.log(mean(logProb.map(Math.exp))) - exact)).toBeLessThan(0.02);
    }
  });

  test("says what a noise flow lacks", () => {
    const make = (noise: Flow) => () => variationalDequantize({ event: [2], levels: 3, noise });
    expect(make(noiseOf(3, 3, sigmoid({ event: [3] })))).toThrow("draws events [3] where [2] are wanted");
    expect(make(noiseOf(2, 1, sigmoid({ event: [2] })))).toThrow("conditions on [1] where it is told 2 numbers");
    expect(make(noiseOf(2, 2))).toThrow("which gives real values; a cell is filled from 0 to 1");
    const bound = flow({ base: standardNormal({ event: [2] }), bijector: chain([sigmoid({ event: [2] }), pair]) });
    expect(() => argmax({ features: 1, categories: 2, noise: bound })).toThrow("draws events [2] where [1, 2]");
    const lower = variationalDequantize({ event: [2], levels: 3, noise: noiseOf(2, 4, sigmoid({ event: [2] })) });
    const noise = flow({ base: standardNormal({ event: [2] }), bijector: chain([lower, sigmoid({ event: [2] })]) });
    expect(make(noise)).toThrow("the density of the noise flow is a bound");
  });
});

describe("argmax", () => {
  const two = argmax({ features: 1, categories: 2, noise: noiseOf(2, 2, reshapeEvent({ from: [2], to: [1, 2] })) });

  test("bounds the exact likelihood from below", async () => {
    const shift = rescale({ shift: [0.5, -0.2], scale: [1, 1] });
    const subject = flow({
      base: standardNormal({ event: [2] }),
      bijector: chain([shift, reshapeEvent({ from: [2], to: [1, 2] }), two]),
    });
    const params = parametersOf(subject.bijector, 8, 0.2);
    for (const [x, exact] of [
      [0, Math.log(Φ(0.7 / Math.SQRT2))],
      [1, Math.log(Φ(-0.7 / Math.SQRT2))],
    ] as const) {
      const bound = mean(await drawn(subject, params, [x], grid(50)));
      expect(bound).toBeLessThan(exact - 0.02);
      expect(bound).toBeGreaterThan(exact - 3);
    }
  });

  test("draws from a density over where each class is the largest", async () => {
    const params = parametersOf(two, 8, 0.2);
    const [n, from, to] = [320, -8, 8];
    const h = (to - from) / n;
    const at = (i: number): number => from + (i + 0.5) * h;
    const v = Array.from({ length: n * n }, (_, i) => [at(i % n), at(Math.floor(i / n) + 0.5)]).flat();
    const { value, logDet } = await mapValues(two, "forward", array(v, [n * n, 1, 2]), { params });
    const total = [0, 0];
    value!.forEach((x, i) => void (total[x]! += Math.exp(logDet![i]!) * h * h));
    // The second axis lies half a cell farther, so that no point is a tie.
    for (const sum of total) expect(Math.abs(sum - 1)).toBeLessThan(0.02);
  });

  test("takes the first of equal entries", async () => {
    const params = parametersOf(classes, 3);
    const v = array([1, 2, 2, 0, 0, -1], [1, 2, 3]);
    expect(Array.from((await mapValues(classes, "forward", v, { params }))["value"]!)).toEqual([1, 0]);
    expect(classes.facts).toMatchObject({ base: [2, 3], data: [2], codomain: "integer", exact: false });
  });
});

test("subsetFlow needs no bound", () => {
  expect(subsetFlow({ features: 2, categories: 3 }).bijector.facts.exact).toBe(true);
});
