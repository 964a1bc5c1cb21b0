import {
  add,
  dynamicUpdateSlice,
  exp,
  expandDims,
  greater,
  less,
  loop,
  matmul,
  mul,
  scan,
  select,
  sum,
  symbol,
  type Tensor,
  tanh,
  trace,
} from "@normflow/core";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { tfjs } from "./index.ts";

const N = symbol("N");
const numbers = (n: number) => ({ data: new Float32Array(n).fill(0.5), shape: [n] });

/** A step that carries, loops, caches and keeps literals, so that nothing that can stay behind is missing. */
const graph = trace({ w: [3, 3], p: [3], x: [N, 3] }, ({ w, p, x }) => {
  const h = tanh(add(matmul(x, exp(w)), p));
  const [[cache], [rows]] = scan(
    ([c]: readonly [Tensor], _rows, index) =>
      [[dynamicUpdateSlice(c, 0, index, expandDims(mul(p, index), 0))], [sum(c)]] as const,
    [mul(w, 0)] as const,
    [],
    { length: 3 },
  );
  const [n] = loop(
    ([v]: readonly [Tensor]) => less(v, 3),
    ([v]: readonly [Tensor]) => [add(v, 1)] as const,
    [mul(sum(p), 0)] as const,
    { limit: 9 },
  );
  const next = add(p, mul(sum(select(greater(h, 0), h, 0), 0), 1e-3));
  return { next, total: sum(cache), rows: rows as Tensor, n, x, same: p };
});

for (const device of ["wasm", "cpu"] as const)
  describe(`what ${device} holds`, () => {
    it("does not grow with steps, sizes, failed runs, loading and disposing", async () => {
      const backend = await tfjs({ device });
      const before = tf.memory().numTensors;
      for (let turn = 0; turn < 3; turn++) {
        const executable = await backend.compile(graph, { resident: ["w", "p"], carry: { next: "p" } });
        await executable.put({ w: { data: new Float32Array(9).fill(0.1), shape: [3, 3] }, p: numbers(3) });
        const run = (n: number) => executable.run({ x: { data: new Float32Array(3 * n).fill(0.2), shape: [n, 3] } });
        for (let n = 0; n < 12; n++) await run(n);
        const [held, bytes] = [tf.memory().numTensors, tf.memory().numBytes];
        for (let i = 0; i < 60; i++) await run(4 + (i % 8));
        await executable.put({ p: numbers(3) });
        await expect(executable.run({ x: numbers(3) })).rejects.toThrow("Input x has shape");
        await run(4);
        await executable.get(["p"]);
        expect(tf.memory().numTensors).toBe(held);
        expect(tf.memory().numBytes).toBe(bytes);
        await executable.dispose();
        expect(tf.memory().numTensors).toBe(before);
      }
      await backend.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

describe("TensorFlow.js beside others", () => {
  it("keeps the backend that was chosen, and the values of who else computes", async () => {
    const [wasm, cpu] = [await tfjs({ device: "wasm" }), await tfjs({ device: "cpu" })];
    await tf.setBackend("cpu");
    const theirs = tf.tensor([1, 2]);
    const doubled = trace({ x: [N] }, ({ x }) => ({ y: mul(x, 2) }));
    const [a, b] = [await wasm.compile(doubled), await cpu.compile(doubled)];
    const results = await Promise.all([a, b, a, b].map((e) => e.run({ x: numbers(2) })));
    expect(results.map((r) => [...r["y"]!.data])).toEqual([0, 0, 0, 0].map(() => [1, 1]));
    expect(tf.getBackend()).toBe("cpu");
    expect([...theirs.dataSync()]).toEqual([1, 2]);
    theirs.dispose();
    for (const backend of [wasm, cpu]) await backend.dispose();
  });

  it("survives that its caller tidies", async () => {
    const backend = await tfjs({ device: "cpu" });
    const executable = await backend.compile(
      trace({ w: [2], x: [2] }, ({ w, x }) => ({ y: mul(exp(w), x) })),
      { resident: ["w"] },
    );
    let putting: Promise<void> | undefined;
    tf.tidy(() => {
      putting = executable.put({ w: numbers(2) });
    });
    await putting;
    let first: ReturnType<typeof executable.run> | undefined;
    tf.tidy(() => {
      first = executable.run({ x: numbers(2) });
    });
    for (const run of [await first!, await executable.run({ x: numbers(2) })])
      expect(run["y"]!.data[0]).toBeCloseTo(Math.exp(0.5) * 0.5, 5);
    await backend.dispose();
  });
});
