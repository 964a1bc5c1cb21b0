import { describe, expect, it } from "vitest";
import { defineLayer } from "../bijector/bijector.ts";
import { filled } from "../bijector/parameter.ts";
import * as z from "../bijector/schema.ts";
import { diagonalNormal } from "../distribution/diagonal-normal.ts";
import { flow } from "../distribution/flow.ts";
import { standardNormal, standardNormalLogProb } from "../distribution/standard-normal.ts";
import { Model } from "../fit/model.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, mul, sub } from "../ops/elementwise.ts";
import { at, constant, stack } from "../ops/layout.ts";
import { reference } from "../reference/backend.ts";
import { type ChainDraws, hmc, metropolis } from "./chains.ts";
import { conditionalSample } from "./conditional.ts";
import { pulledBack, tilted } from "./latent-target.ts";

/** x₀ = z₀, x₁ = 0.8 z₀ + 0.6 z₁: a normal with the correlation 0.8. */
const shear = defineLayer({
  kind: "shear",
  options: z.object({}),
  facts: () => ({ event: [2], constantLogDet: true }),
  params: () => ({ along: filled([], 0.8) }),
  forward: ({ along }, v) => {
    const [a, b] = [at(v, -1, 0), at(v, -1, 1)];
    return [stack([a, add(mul(along, a), mul(0.6, b))], -1), constant(Math.log(0.6))];
  },
  inverse: ({ along }, x) => {
    const [a, b] = [at(x, -1, 0), at(x, -1, 1)];
    return [stack([a, div(sub(b, mul(along, a)), 0.6)], -1), constant(-Math.log(0.6))];
  },
});
const weights = { params: Float64Array.of(0.8), state: new Float64Array(0) };
const model = () =>
  new Model(flow({ base: standardNormal({ event: [2] }), bijector: shear({}) }), weights, reference());

const moments = ({ x }: ChainDraws, k: number) => {
  const v = [...x.data].filter((_, i) => i % 2 === k);
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  return { mean, deviation: Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length) };
};

/** N((1, −1), 0.5²) in each feature, which the flow is not. */
const target = (x: Tensor): Tensor => standardNormalLogProb(div(sub(x, constant([1, -1])), 0.5), 1);

describe("chains in latent space", () => {
  it("have the target's moments by Hamiltonian Monte Carlo, whatever the flow is", async () => {
    const drawn = await hmc(model(), pulledBack(target), { draws: 150, chains: 32, warmup: 80, seed: 1 });
    expect(drawn.x.shape).toEqual([150, 32, 2]);
    expect(drawn.acceptance).toBeGreaterThan(0.6);
    expect(drawn.acceptance).toBeLessThan(0.97);
    for (const [k, mean] of [1, -1].entries()) {
      expect(moments(drawn, k).mean).toBeCloseTo(mean, 1);
      expect(Math.abs(moments(drawn, k).deviation - 0.5)).toBeLessThan(0.03);
    }
  });

  it("take every proposal of a flow that is the target", async () => {
    const own = await metropolis(
      model(),
      tilted((x) => mul(0, at(x, -1, 0))),
      { draws: 20, warmup: 0 },
    );
    expect(own.acceptance).toBe(1);
  });

  it.each([1, 0.4])("have the target's moments by Metropolis–Hastings with stride %d", async (stride) => {
    // The flow's first feature, N(0, 1), seen as 1 with deviation 1: N(½, ½).
    const seen = tilted((x) => standardNormalLogProb(sub(at(x, -1, 0), 1), 0));
    const drawn = await metropolis(model(), seen, { draws: 400, chains: 64, warmup: 50, stride, seed: 2 });
    expect(moments(drawn, 0).mean).toBeCloseTo(0.5, 1);
    expect(Math.abs(moments(drawn, 0).deviation - Math.SQRT1_2)).toBeLessThan(0.03);
    // Through the correlation: 0.8 · ½, and 0.64 · ½ + 0.36.
    expect(moments(drawn, 1).mean).toBeCloseTo(0.4, 1);
    expect(Math.abs(moments(drawn, 1).deviation - Math.sqrt(0.68))).toBeLessThan(0.03);
    // Of the exact chance to take a draw of the flow itself, E min(1, w′/w), only that it lies between.
    expect(drawn.acceptance).toBeGreaterThan(stride === 1 ? 0.4 : 0.6);
    expect(drawn.acceptance).toBeLessThan(0.95);
  });

  it("are the same again by the same seed", async () => {
    const once = () => hmc(model(), pulledBack(target), { draws: 2, chains: 2, warmup: 3, seed: 9 });
    expect(await once()).toEqual(await once());
  });

  it("refuse what is no number of draws, no stride, and a base that the proposal would not keep", async () => {
    const rejects = (made: Promise<unknown>, code: string) =>
      expect(made).rejects.toMatchObject({ code, hint: expect.any(String) });
    await rejects(hmc(model(), pulledBack(target), { draws: 0 }), "chains");
    await rejects(hmc(model(), pulledBack(target), { draws: 1, leaps: 0 }), "chains");
    await rejects(metropolis(model(), pulledBack(target), { draws: 1, stride: 2 }), "stride");
    const learned = flow({ base: diagonalNormal({ event: [2] }), bijector: shear({}) });
    const five = { params: new Float64Array(5), state: new Float64Array(0) };
    await rejects(metropolis(new Model(learned, five, reference()), pulledBack(target), { draws: 1 }), "latent-base");
  });
});

describe("a conditional of a fitted joint", () => {
  it("has the mean and the deviation of the correlated normal", async () => {
    const options = { draws: 150, chains: 32, warmup: 100, seed: 3, leaps: 16, width: 0.1 };
    const drawn = await conditionalSample(model(), { 1: 1 }, options);
    expect(moments(drawn, 1).mean).toBeCloseTo(1, 1);
    expect(moments(drawn, 0).mean).toBeCloseTo(0.8, 1);
    expect(Math.abs(moments(drawn, 0).deviation - 0.6)).toBeLessThan(0.05);
  });

  it("is asked of features that there are", async () => {
    for (const known of [{ 2: 0 }, {}])
      await expect(conditionalSample(model(), known, { draws: 1 })).rejects.toMatchObject({
        code: "conditional-known",
      });
    await expect(conditionalSample(model(), { 0: 0 }, { draws: 1, width: 0 })).rejects.toMatchObject({
      code: "conditional-width",
    });
  });
});
