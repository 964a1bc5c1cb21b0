import { describe, expect, it } from "vitest";
import { hostArray } from "../backend.ts";
import { defineLayer } from "../bijector/bijector.ts";
import { zeros } from "../bijector/parameter.ts";
import { traceProgram } from "../bijector/program.ts";
import * as z from "../bijector/schema.ts";
import { flow } from "../distribution/flow.ts";
import { standardNormal } from "../distribution/standard-normal.ts";
import { gradients } from "../grad/gradients.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, exp, mul, neg, square, sub } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import { key, normal } from "../random/index.ts";
import { reference } from "../reference/backend.ts";
import { reverseKL } from "./loss.ts";

const scaled = (inverse: { stochastic?: { inverse: true } } = {}) =>
  defineLayer({
    kind: "scaled",
    options: z.object({}),
    facts: () => ({ event: [1], ...inverse }),
    params: () => ({ shift: zeros([1]), logScale: zeros([1]) }),
    forward: ({ shift, logScale }, base) => [add(mul(base, exp(logScale)), shift), sum(logScale)],
    inverse: ({ shift, logScale }, x) => [div(sub(x, shift), exp(logScale)), neg(sum(logScale))],
  })({});
const normalFlow = flow({ base: standardNormal({ event: [1] }), bijector: scaled() });

/** ln N(x; 1, 2) up to its constant. */
const target = (x: Tensor): Tensor => sum(mul(-0.5, square(mul(0.5, sub(x, 1)))), -1);

/** Loss and gradient (shift, log-scale) of reverse KL over given noise. */
async function slope(pathGradient: boolean, params: readonly [number, number], noise: Float64Array) {
  const { graph, noises } = traceProgram(normalFlow, { mode: "train", inputs: {} }, ({ scope, flat }) => {
    const loss = reverseKL(target, noise.length, { pathGradient })({ flow: normalFlow, scope, x: undefined });
    return { loss, gradient: gradients(loss, [flat])[0]! };
  });
  const executable = await reference().compile(graph);
  const { loss, gradient } = await executable.run({
    params: hostArray(Float64Array.from(params), [2]),
    [noises[0]!.name]: hostArray(noise, [noise.length, 1]),
  });
  return [loss!.data[0]!, ...gradient!.data] as [number, number, number];
}

describe("reverseKL", () => {
  const many = normal(key(1), 20_000);

  it("has a path gradient that vanishes sample by sample where q is the target", async () => {
    const optimum = [1, Math.log(2)] as const;
    const few = Float64Array.of(0.3, -1.2, 2);
    const [loss, ...path] = await slope(true, optimum, few);
    path.forEach((v) => void expect(v).toBeCloseTo(0, 14));
    const [same, ...plain] = await slope(false, optimum, few);
    expect(loss).toBeCloseTo(same, 12);
    expect(Math.max(...plain.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it("has the same gradient on average either way", async () => {
    const [path, plain] = await Promise.all([true, false].map((way) => slope(way, [-0.5, 0.2], many)));
    // d/dμ = (μ − 1)/4 and d/d ln σ = σ²/4 − 1.
    const due = [-1.5 / 4, Math.exp(0.4) / 4 - 1];
    due.forEach((v, i) => {
      expect(Math.abs(path![i + 1]! - v)).toBeLessThan(0.02);
      expect(Math.abs(plain![i + 1]! - v)).toBeLessThan(0.02);
    });
  });

  it("refuses a path gradient where ln q(x) is left to chance", () => {
    const noisy = flow({ base: standardNormal({ event: [1] }), bijector: scaled({ stochastic: { inverse: true } }) });
    expect(() =>
      traceProgram(noisy, { mode: "train", inputs: {} }, ({ scope }) => ({
        loss: reverseKL(target, 4, { pathGradient: true })({ flow: noisy, scope, x: undefined }),
      })),
    ).toThrow("scaled gives ln q(x) by chance only");
  });
});
