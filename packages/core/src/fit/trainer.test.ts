import { describe, expect, it } from "vitest";
import { type Backend, hostArray } from "../backend.ts";
import { defineLayer } from "../bijector/bijector.ts";
import { chain, composed } from "../bijector/chain.ts";
import { zeros } from "../bijector/parameter.ts";
import * as z from "../bijector/schema.ts";
import { diagonalNormal } from "../distribution/diagonal-normal.ts";
import { flow } from "../distribution/flow.ts";
import { standardNormal } from "../distribution/standard-normal.ts";
import { add, div, exp, mul, neg, sub } from "../ops/index.ts";
import { sum } from "../ops/reduce.ts";
import { key, normal } from "../random/index.ts";
import { reference } from "../reference/backend.ts";
import { fit, resolveFitOptions } from "./fit.ts";
import { reverseKL } from "./loss.ts";
import { randomWindows } from "./rows.ts";
import { load, open, save, saveCheckpoint } from "./save.ts";
import { Trainer } from "./trainer.ts";
import { warmStart } from "./warm-start.ts";

const shiftScale = defineLayer({
  kind: "shift-scale",
  options: z.object({ features: z.number(), dropout: z.optional(z.number()) }),
  facts: ({ features }) => ({ event: [features] }),
  params: ({ features }) => ({ shift: zeros([features]), scale: zeros([features]) }),
  forward: (p, x) => [add(mul(x, exp(p.scale)), p.shift), sum(p.scale)],
  inverse: (p, x, scope, { dropout = 0 }) => [
    div(sub(scope.dropout("input", x, dropout, mul), p.shift), exp(p.scale)),
    neg(sum(p.scale)),
  ],
});
const kinds = [flow, composed, standardNormal, diagonalNormal, shiftScale];
const gaussian = (dropout = 0) =>
  flow({ base: standardNormal({ event: [2] }), bijector: chain([shiftScale({ features: 2, dropout })]) });

const rows = (n: number) => {
  const noise = normal(key(9), 2 * n);
  return hostArray(
    noise.map((v, i) => (i % 2 === 0 ? 3 + 2 * v : -1 + 0.5 * v)),
    [n, 2],
  );
};

const settings = (backend: Backend, more: object = {}) =>
  resolveFitOptions({ backend, steps: 30, batch: 16, learningRate: 0.05, ...more }, 200);

describe("fit", () => {
  it("learns from a source that gives other rows in every pass, and validates on rows given", async () => {
    const wave = Float64Array.from({ length: 500 }, (_, i) => 3 + Math.sin(i));
    const model = await fit(gaussian(), randomWindows(wave, 2), {
      backend: reference(),
      steps: 150,
      learningRate: 0.1,
      batch: 64,
      validation: { x: [[3, 3]] },
    });
    expect(model.facts).toMatchObject({ rows: 249 });
    for (const i of [0, 1]) expect(Math.abs(model.weights.params[i]! - 3)).toBeLessThan(0.1);
    await model.dispose();
  });

  it("finds the mean and deviation of normal data", async () => {
    const x = rows(2000);
    const model = await fit(
      gaussian(),
      { x },
      { backend: reference(), steps: 400, learningRate: 0.05, batch: 200, validation: 0 },
    );
    const column = (i: number) => x.data.filter((_, k) => k % 2 === i);
    const mean = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0) / v.length;
    expect(Math.abs(model.weights.params[0]! - mean(column(0)))).toBeLessThan(0.05);
    expect(Math.abs(Math.exp(model.weights.params[3]!) - 0.5)).toBeLessThan(0.02);
    await model.dispose();
    await expect(model.sample(1)).rejects.toMatchObject({ code: "disposed" });
  });

  it("minimises the reverse KL to an unnormalised density down to −ln Z", async () => {
    const logDensity = (x: Parameters<Parameters<typeof reverseKL>[0]>[0]) =>
      sum(mul(-0.5, mul(sub(x, 1), sub(x, 1))), -1);
    const losses: number[] = [];
    await fit(gaussian(), undefined, {
      backend: reference(),
      steps: 300,
      learningRate: 0.03,
      loss: reverseKL(logDensity, 64),
      onProgress: ({ loss }) => void losses.push(loss),
    });
    expect(losses.at(-1)!).toBeCloseTo(-Math.log(2 * Math.PI), 1);
  });

  it("refuses data with gaps, saying where", async () => {
    await expect(
      fit(
        gaussian(),
        {
          x: [
            [1, 2],
            [Number.NaN, 3],
          ],
        },
        { backend: reference() },
      ),
    ).rejects.toThrow("x holds NaN in row 1.");
  });

  it("stops when the signal says so", async () => {
    const controller = new AbortController();
    const run = fit(
      gaussian(),
      { x: rows(100) },
      { backend: reference(), signal: controller.signal, onProgress: () => controller.abort() },
    );
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
  });

  it("stops by a timer although its steps never wait for anything", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const run = fit(gaussian(), { x: rows(100) }, { backend: reference(), steps: 1e6, signal: controller.signal });
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
  });

  it("refuses to freeze what is not there, or everything", async () => {
    for (const frozen of [["bijector/layers/7"], ["bijector"], (): boolean => false])
      await expect(fit(gaussian(), { x: rows(100) }, { backend: reference(), frozen })).rejects.toMatchObject({
        code: "frozen",
        hint: expect.stringContaining("bijector/layers/0/shift"),
      });
  });

  it("starts from weights, and from what fits of another flow's", async () => {
    const backend = reference();
    const data = { x: rows(200) };
    const first = await fit(gaussian(), data, { backend, steps: 50, learningRate: 0.1 });
    const frozen = ["bijector/layers/0"];
    const deeper = flow({
      base: standardNormal({ event: [2] }),
      bijector: chain([shiftScale({ features: 2 }), shiftScale({ features: 2 })]),
    });
    const second = await fit(deeper, data, { backend, steps: 5, from: warmStart(deeper, first), frozen });
    expect(Array.from(second.weights.params.subarray(0, 4))).toEqual(Array.from(first.weights.params));
    expect(second.weights.params.subarray(4).every((v) => v !== 0)).toBe(true);
    await expect(fit(deeper, data, { backend, from: first.weights })).rejects.toMatchObject({ code: "weights" });
    const other = flow({ base: diagonalNormal({ event: [2] }), bijector: shiftScale({ features: 2 }) });
    expect(() => warmStart(other, first)).toThrow(expect.objectContaining({ code: "warm-start" }));
  });

  it("keeps frozen parameters as they are", async () => {
    const model = await fit(
      gaussian(),
      { x: rows(200) },
      { backend: reference(), steps: 20, frozen: (path) => path.endsWith("shift"), weightDecay: 0.1 },
    );
    expect(Array.from(model.weights.params.subarray(0, 2))).toEqual([0, 0]);
    expect(model.weights.params[2]).not.toBe(0);
  });
});

describe("a run that is stopped and taken up again", () => {
  it("ends with the same bytes as one that was not", async () => {
    const backend = reference();
    const data = { x: rows(200) };
    const options = settings(backend, { average: 0.9, weightDecay: 0.01 });
    const straight = await Trainer.create(gaussian(0.1), data, options);
    for (let i = 0; i < 30; i++) {
      await straight.advance();
      if (i === 9 || i === 19) await straight.evaluate({ x: rows(50) });
    }
    const first = await Trainer.create(gaussian(0.1), data, options);
    for (let i = 0; i < 13; i++) {
      await first.advance();
      if (i === 9) await first.evaluate({ x: rows(50) });
    }
    const bytes = saveCheckpoint(first.flow, await first.snapshot(), {}, { epoch: 1 });
    const opened = open(bytes, kinds);
    expect(opened.extra).toEqual({ epoch: 1 });
    const second = await Trainer.create(opened.flow, data, options, { state: opened.trainer! });
    for (let i = 13; i < 30; i++) {
      await second.advance();
      if (i === 19) await second.evaluate({ x: rows(50) });
    }
    const end = async (t: Trainer) => saveCheckpoint(t.flow, await t.snapshot(), {}, {});
    expect(Buffer.from(await end(second)).equals(Buffer.from(await end(straight)))).toBe(true);
  });

  it("goes back to its last good state when the loss is not finite, at half the rate", async () => {
    const data = {
      x: hostArray(
        Float64Array.from(rows(64).data, (v, i) => (i === 5 ? 1e200 : v)),
        [64, 2],
      ),
    };
    const trainer = await Trainer.create(gaussian(), data, settings(reference(), { batch: 8 }));
    let rolled = 0;
    await expect(
      (async () => {
        for (let i = 0; i < 200; i++) if ((await trainer.advance()).rolledBack) rolled++;
      })(),
    ).rejects.toMatchObject({ code: "diverged" });
    expect(rolled).toBe(8);
  });

  it("goes back to the same state where it was stopped in between", async () => {
    // The row of 1e200 comes in some step of each pass over the rows.
    const data = {
      x: hostArray(
        Float64Array.from(rows(64).data, (v, i) => (i === 5 ? 1e200 : v)),
        [64, 2],
      ),
    };
    const options = settings(reference(), { batch: 8 });
    const untilBack = async (trainer: Trainer) => {
      for (let i = 0; i < 40; i++) if ((await trainer.advance()).rolledBack) break;
      return trainer.snapshot();
    };
    const straight = await Trainer.create(gaussian(), data, options);
    await straight.evaluate({ x: rows(8) });
    await straight.advance();
    const stopped = saveCheckpoint(straight.flow, await straight.snapshot(), {}, {});
    const end = await untilBack(straight);
    expect([end.step, end.rollbacks]).toEqual([0, 1]);
    const resumed = await Trainer.create(gaussian(), data, options, { state: open(stopped, kinds).trainer! });
    expect(resumed.step).toBe(1);
    expect(await untilBack(resumed)).toEqual(end);
  });

  it("never goes back to a state that cannot be evaluated", async () => {
    const options = { ...settings(reference()), learningRate: Number.POSITIVE_INFINITY };
    const trainer = await Trainer.create(gaussian(), { x: rows(64) }, options);
    await trainer.evaluate({ x: rows(8) });
    await trainer.advance();
    expect((await trainer.evaluate({ x: rows(8) })).valid).not.toSatisfy(Number.isFinite);
    expect(await trainer.advance()).toMatchObject({ rolledBack: true });
    expect([trainer.step, trainer.best?.step]).toEqual([0, 0]);
  });
});

describe("a model file", () => {
  it("gives back the same model", async () => {
    const model = await fit(gaussian(), { x: rows(100) }, { backend: reference(), steps: 5 });
    const bytes = save(model);
    const again = await load(bytes, { backend: reference(), layers: kinds });
    expect(Array.from(again.weights.params)).toEqual(Array.from(model.weights.params));
    expect(again.facts["steps"]).toBe(5);
    expect(Buffer.from(save(again)).equals(Buffer.from(bytes))).toBe(true);
    expect((await again.sample(4, { seed: 3 })).data).toEqual((await model.sample(4, { seed: 3 })).data);
  });

  it("names a kind that the reader does not know", async () => {
    const model = await fit(gaussian(), { x: rows(100) }, { backend: reference(), steps: 1 });
    await expect(load(save(model), { backend: reference(), layers: kinds.slice(0, 4) })).rejects.toThrow(
      'a layer of kind "shift-scale", which is not among those given',
    );
  });
});
