import { describe, expect, it } from "vitest";
import { defineLayer } from "../bijector/bijector.ts";
import { size } from "../bijector/described.ts";
import * as z from "../bijector/schema.ts";
import { diagonalNormal } from "../distribution/diagonal-normal.ts";
import { flow } from "../distribution/flow.ts";
import { standardNormal, standardNormalLogProb } from "../distribution/standard-normal.ts";
import { fit } from "../fit/fit.ts";
import { Model } from "../fit/model.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, sub } from "../ops/elementwise.ts";
import { constant } from "../ops/layout.ts";
import { reference } from "../reference/backend.ts";
import { elbo, iwae } from "./evidence-bounds.ts";
import { importanceSample, importanceWeights } from "./importance.ts";

/** y = 1.5 ~ N(z, 1) with z ~ N(0, 1) in each of two coordinates: posterior N(0.75, ½), evidence N(1.5; 0, 2). */
const y = 1.5;
const logJoint = (z: Tensor): Tensor => add(standardNormalLogProb(z, 1), standardNormalLogProb(sub(z, y), 1));
const logEvidence = 2 * (-0.5 * Math.log(4 * Math.PI) - y ** 2 / 4);

const still = defineLayer({
  kind: "still",
  options: z.object({ features: size, context: z.optional(size) }),
  facts: ({ features, context }) => ({
    event: [features],
    constantLogDet: true,
    ...(context && { context: [context] }),
  }),
  forward: (_, x) => [x, constant(0)],
  inverse: (_, x) => [x, constant(0)],
});
const normals = flow({ base: diagonalNormal({ event: [2] }), bijector: still({ features: 2 }) });
const model = (mean: number, deviation: number) =>
  new Model(
    normals,
    {
      params: Float64Array.of(mean, mean, Math.log(deviation), Math.log(deviation)),
      state: new Float64Array(0),
    },
    reference(),
  );

describe("importance weights", () => {
  it("sum to one, give the mean of the ratios, and count what is left", () => {
    const { weights, logEvidence, effectiveSampleSize } = importanceWeights([1000, 1000 + Math.log(3)]);
    expect([...weights]).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
    expect(logEvidence).toBeCloseTo(1000 + Math.log(2), 10);
    expect(effectiveSampleSize).toBeCloseTo(1.6, 12);
    expect([...importanceWeights([Number.NEGATIVE_INFINITY, 0]).weights]).toEqual([0, 1]);
  });

  it("refuse what is no number, and a target that was never met", () => {
    for (const bad of [[Number.NaN, 0], [Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY], []])
      expect(() => importanceWeights(bad)).toThrow(expect.objectContaining({ code: "importance-weights" }));
  });

  it("are equal where the flow is the posterior, whose evidence is then exact", async () => {
    const posterior = await importanceSample(model(y / 2, Math.SQRT1_2), logJoint, 200, { seed: 3 });
    expect(posterior.logEvidence).toBeCloseTo(logEvidence, 9);
    expect(posterior.effectiveSampleSize).toBeCloseTo(200, 6);
  });

  it("mend a flow that is wide and beside the target", async () => {
    const n = 20_000;
    const draws = await importanceSample(model(0.3, 1), logJoint, n, { seed: 4 });
    expect(draws.logEvidence).toBeCloseTo(logEvidence, 1);
    const mean = draws.weights.reduce((total, w, i) => total + w * draws.x.data[2 * i]!, 0);
    expect(mean).toBeCloseTo(y / 2, 1);
    // Of a normal N(m, s²) weighed by N(µ, σ²): the share per coordinate in closed form.
    const [s2, σ2, d2] = [1, 0.5, (y / 2 - 0.3) ** 2];
    const share = (Math.sqrt(σ2 * (2 * s2 - σ2)) / s2) * Math.exp(-d2 / (2 * s2 - σ2));
    expect(draws.effectiveSampleSize / n).toBeCloseTo(share ** 2, 1);
  });
});

describe("a flow that raises its evidence bound", () => {
  it.each([
    ["elbo", elbo(logJoint, { samples: 32 }), 0.95],
    // Its gradient fades as its samples cover the posterior: it stops short of it.
    ["iwae", iwae(logJoint, { samples: 6 }), 0.7],
  ] as const)("finds the posterior by %s", async (_, loss, share) => {
    const fitted = await fit(normals, undefined, { backend: reference(), steps: 300, learningRate: 0.05, loss });
    const { effectiveSampleSize, logEvidence: found } = await importanceSample(fitted, logJoint, 1000, { seed: 1 });
    expect(effectiveSampleSize).toBeGreaterThan(1000 * share);
    expect(found).toBeCloseTo(logEvidence, 1);
  });

  it("bounds it more tightly by more samples", async () => {
    const { x, logProb } = await model(0, 1).sampleWithLogProb(4000, { seed: 5 });
    expect(x).toEqual(await model(0, 1).sample(4000, { seed: 5 }));
    expect([...logProb.data.slice(0, 9)]).toEqual(
      [...(await model(0, 1).logProb(x)).data.slice(0, 9)].map((v) => expect.closeTo(v, 10)),
    );
    const losses: number[] = [];
    for (const loss of [elbo(logJoint, { samples: 64 }), iwae(logJoint, { samples: 64 })]) {
      const options = { backend: reference(), steps: 200, learningRate: 1e-12, average: 0, loss };
      const seen: number[] = [];
      await fit(normals, undefined, { ...options, onProgress: (p) => void seen.push(p.loss) });
      losses.push(seen.reduce((a, b) => a + b, 0) / seen.length);
    }
    // KL(N(0, 1) ‖ N(¾, ½)) = ½ (2 + ¾² · 2 − 1 − ln 2) in each coordinate.
    expect(losses[0]! + logEvidence).toBeCloseTo(1 + 2 * 0.75 ** 2 - Math.log(2), 1);
    expect(losses[1]! + logEvidence).toBeGreaterThan(0);
    expect(losses[1]! + logEvidence).toBeLessThan(0.1);
  });

  it("wants a whole number of samples", async () => {
    const loss = elbo(logJoint, { samples: 0 });
    await expect(fit(normals, undefined, { backend: reference(), steps: 1, loss })).rejects.toMatchObject({
      code: "samples",
      hint: expect.any(String),
    });
  });
});

it("leaves flows with a context to weights of their own", async () => {
  const conditional = flow({ base: standardNormal({ event: [1] }), bijector: still({ features: 1, context: 1 }) });
  const empty = { params: new Float64Array(0), state: new Float64Array(0) };
  const asked = importanceSample(new Model(conditional, empty, reference()), logJoint, 10);
  await expect(asked).rejects.toMatchObject({ code: "importance-flow", hint: expect.any(String) });
});
