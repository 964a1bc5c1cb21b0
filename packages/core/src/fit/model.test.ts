import { describe, expect, it } from "vitest";
import { type Bijector, defineLayer } from "../bijector/bijector.ts";
import { size } from "../bijector/described.ts";
import { filled } from "../bijector/parameter.ts";
import * as z from "../bijector/schema.ts";
import { flow } from "../distribution/flow.ts";
import { standardNormal } from "../distribution/standard-normal.ts";
import { add, div, log, mul, stack, sum } from "../ops/index.ts";
import { reference } from "../reference/backend.ts";
import { Model } from "./model.ts";

const scale = defineLayer({
  kind: "scale",
  options: z.object({ features: size }),
  facts: ({ features }) => ({ event: [features], constantLogDet: true }),
  params: () => ({ factor: filled([], 1) }),
  forward: ({ factor }, x, _, { features }) => [mul(x, factor), mul(log(factor), features)],
  inverse: ({ factor }, x, _, { features }) => [div(x, factor), mul(log(factor), -features)],
}) as (options: { features: number }) => Bijector;

const model = () =>
  new Model(
    flow({ base: standardNormal({ event: [2] }), bijector: scale({ features: 2 }) }),
    { params: Float64Array.of(3), state: new Float64Array(0) },
    reference(),
  );

describe("a model", () => {
  it("gives the same events whatever the chunk", async () => {
    const m = model();
    const whole = await m.sample(7, { seed: 1 });
    expect(await m.sample(7, { seed: 1, chunk: 3 })).toEqual(whole);
    expect(await m.logProb(whole, { chunk: 2 })).toEqual(await m.logProb(whole));
    for (const chunk of [0, -1, 1.5]) await expect(m.sample(1, { chunk })).rejects.toMatchObject({ code: "chunk" });
  });

  it("goes on with other weights, and refuses those of another flow", async () => {
    const m = model();
    const before = await m.decode([[1, 2]]);
    await m.setWeights({ params: Float64Array.of(6), state: new Float64Array(0) });
    expect([...(await m.decode([[1, 2]])).data]).toEqual([...before.data].map((v) => 2 * v));
    expect(m.weights.params[0]).toBe(6);
    const others = { params: Float64Array.of(1, 2), state: new Float64Array(0) };
    await expect(m.setWeights(others)).rejects.toMatchObject({ code: "weights" });
  });

  it("draws the same events with their log-probability", async () => {
    for (const options of [{ seed: 2 }, { seed: 2, temperature: 0.3 }, { seed: 2, temperature: 0 }]) {
      const { x, logProb } = await model().sampleWithLogProb(5, options);
      expect(x).toEqual(await model().sample(5, options));
      const asked = await model().logProb(x);
      expect(logProb.shape).toEqual([5]);
      logProb.data.forEach((v, i) => void expect(v).toBeCloseTo(asked.data[i]!, 12));
    }
  });

  it("stops between chunks, having let the abort arrive", async () => {
    let turns = 0;
    const signal = {
      aborted: false,
      throwIfAborted() {
        if (turns === 2) throw new Error("stopped");
      },
      turn: async () => void turns++,
    };
    await expect(model().sample(10, { chunk: 2, signal })).rejects.toThrow("stopped");
    await model().sample(10, { chunk: 10, signal: { ...signal, throwIfAborted() {} } });
    expect(turns).toBe(2);
  });

  it("gives each part of a long input the noise that its rows cannot share", async () => {
    const m = model();
    const x = [[0], [1], [2], [3], [4]].map(([v]) => [v!, v!]);
    const moved = (chunk: number, seed?: number) =>
      m.compute(
        "moved",
        x,
        ({ scope, inputs }) => {
          const [single, several, own] = [
            scope.noise("single", { kind: "uniform" }, []),
            scope.noise("several", { kind: "uniform" }, [3, inputs["x"]!.shape[0]!]),
            scope.noise("own", { kind: "uniform" }, [inputs["x"]!.shape[0]!]),
          ];
          const pairs = scope.noise("pairs", { kind: "uniform" }, [inputs["x"]!.shape[0]!, inputs["x"]!.shape[0]!]);
          const third = add(sum(several, 0), mul(sum(pairs, 1), 0));
          return stack([sum(inputs["x"]!, -1), mul(single, add(own, 1)), third, own], 1);
        },
        { chunk, ...(seed === undefined ? {} : { seed }) },
      );
    expect([...(await moved(2)).data]).toEqual(x.flatMap(([v]) => [2 * v!, 0.75, 1.5, 0.5]));
    const rows = async (chunk: number) => {
      const { data } = await moved(chunk, 3);
      return x.map((_, i) => [...data.subarray(4 * i, 4 * i + 4)]);
    };
    const [whole, parts] = [await rows(5), await rows(2)];
    expect(parts.map((row) => row[3])).toEqual(whole.map((row) => row[3]));
    const singles = parts.map((row) => row[1]! / (row[3]! + 1));
    // The first part has what a shorter input has.
    expect(singles[0]).toBeCloseTo(whole[0]![1]! / (whole[0]![3]! + 1), 12);
    expect(singles[0]).toBeCloseTo(singles[1]!, 12);
    expect(singles[2]).toBeCloseTo(singles[3]!, 12);
    expect(new Set(singles.map((v) => v.toFixed(9))).size).toBe(3);
    expect(new Set(parts.map((row) => row[2]!.toFixed(9))).size).toBe(5);
  });

  it("runs programs of the caller's own on its weights", async () => {
    const m = model();
    for (const x of [
      [[1, 2]],
      [
        [3, 4],
        [5, 6],
      ],
    ]) {
      const { data, shape } = await m.compute("scaled sum", x, ({ scope, inputs }) =>
        sum(mul(inputs["x"]!, (scope.at("bijector").params as { factor: never }).factor), -1),
      );
      expect([...data]).toEqual(x.map(([a, b]) => 3 * (a! + b!)));
      expect(shape).toEqual([x.length]);
    }
  });
});
