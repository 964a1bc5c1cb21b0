import { fromBinary } from "@bufbuild/protobuf";
import {
  add,
  type Backend,
  BackendError,
  type Executable,
  exp,
  gradients,
  matmul,
  mul,
  ShapeError,
  square,
  sub,
  sum,
  symbol,
  trace,
} from "@normflow/core";
import { ModelProtoSchema } from "onnx-buf";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { onnx, toOnnx } from "./index.ts";
import { numbers } from "./testing/compare.ts";

const N = symbol("N");
const values = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length] });

let backend: Backend;
let open: Executable | undefined;
beforeAll(async () => {
  backend = await onnx({ threads: 1 });
});
afterEach(async () => {
  await open?.dispose();
  open = undefined;
});
afterAll(() => backend.dispose());

/** Momentum: v′ = v/2 + x, p′ = p − v′, and the old p returned. */
const momentum = trace({ p: [2], v: [2], x: [2] }, ({ p, v, x }) => {
  const next = add(mul(v, 0.5), x);
  return { moved: sub(p, next), next, before: p };
});
const compileMomentum = () => backend.compile(momentum, { resident: ["p", "v"], carry: { moved: "p", next: "v" } });

describe("resident and carried values", () => {
  it("go from one run to the next", async () => {
    open = await compileMomentum();
    await open.put({ p: values(10, 20), v: values(0, 0) });
    const seen: number[][] = [];
    for (let i = 0; i < 3; i++) seen.push([...(await open.run({ x: values(1, 2) })).before!.data]);
    expect(seen).toEqual([
      [10, 20],
      [9, 18],
      [7.5, 15],
    ]);
    const { p, v } = await open.get(["p", "v"]);
    expect([...p!.data, ...v!.data]).toEqual([5.75, 11.5, 1.75, 3.5]);
  });

  it("are the backend's own: neither what is put nor what is got is shared", async () => {
    open = await compileMomentum();
    const p = values(10, 20);
    await open.put({ p, v: values(0, 0) });
    p.data[0] = 99;
    const got = await open.get(["p"]);
    got.p!.data[1] = 99;
    expect([...(await open.run({ x: values(0, 0) })).before!.data]).toEqual([10, 20]);
    expect(Object.keys(await open.run({ x: values(0, 0) }))).toEqual(["before"]);
  });

  it("are returned in memory that later runs leave alone", async () => {
    open = await compileMomentum();
    await open.put({ p: values(10, 20), v: values(0, 0) });
    const first = await open.run({ x: values(1, 1) });
    const { p } = await open.get(["p"]);
    for (let i = 0; i < 4; i++) await open.run({ x: values(1, 1) });
    expect([...first.before!.data, ...p!.data]).toEqual([10, 20, 9, 19]);
  });

  it("survive a run that is refused", async () => {
    open = await compileMomentum();
    await open.put({ p: values(1, 2), v: values(0, 0) });
    await expect(open.run({ x: values(1, 2, 3) })).rejects.toThrow("Input x has shape [3] where [2] is expected");
    expect([...(await open.get(["p"])).p!.data]).toEqual([1, 2]);
  });

  it("are missing until they are put, by a sentence", async () => {
    open = await compileMomentum();
    await expect(open.run({ x: values(1, 2) })).rejects.toMatchObject({
      code: "missing-input",
      hint: "It is resident: set it with put.",
    });
    await expect(open.get(["p"])).rejects.toMatchObject({ code: "missing-input" });
  });

  it("may be carried to an input of another shape only where that fits", async () => {
    const graph = trace({ s: [N], x: [N] }, ({ s, x }) => ({ next: add(s, x), total: sum(s) }));
    open = await backend.compile(graph, { resident: ["s"], carry: { next: "s" } });
    await open.put({ s: values(1, 2, 3) });
    await open.run({ x: values(1, 1, 1) });
    await open.put({ s: values(5, 5) });
    expect([...(await open.run({ x: values(1, 2) })).total!.data]).toEqual([10]);
    expect([...(await open.get(["s"])).s!.data]).toEqual([6, 7]);
    await expect(open.run({ x: values(1, 2, 3) })).rejects.toBeInstanceOf(ShapeError);
  });
});

describe("runs", () => {
  it("that overlap are queued", async () => {
    open = await compileMomentum();
    await open.put({ p: values(0, 0), v: values(0, 0) });
    const runs = await Promise.all([1, 2, 3].map((k) => open!.run({ x: values(k, k) })));
    expect(runs.map((r) => r.before!.data[0])).toEqual([0, -1, -3.5]);
  });

  it("take float64 and return float32", async () => {
    open = await backend.compile(trace({ x: [2] }, ({ x }) => ({ y: mul(x, 3) })));
    const { y } = await open.run({ x: { data: Float64Array.of(0.1, 2), shape: [2] } });
    expect(y!.data).toBeInstanceOf(Float32Array);
    expect([...y!.data]).toEqual([Math.fround(Math.fround(0.1) * 3), 6]);
  });

  it("meet any sizes, more than the sessions kept", async () => {
    open = await backend.compile(trace({ x: [N, 2] }, ({ x }) => ({ y: sum(square(x), 0) })));
    for (const n of [...Array(12).keys(), 3, 0, 11]) {
      const data = numbers(2 * (n + 1));
      const { y } = await open.run({ x: { data, shape: [n + 1, 2] } });
      expect(y!.data[1]).toBeCloseTo(
        data.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b * b, 0),
        4,
      );
    }
  });

  it("return inputs, literals and one value twice", async () => {
    const graph = trace({ x: [2], unused: [1] }, ({ x }) => {
      const y = exp(x);
      return { x, y, again: y, one: mul(sum(mul(x, 0)), 0), zero: sub(sum(mul(x, 0)), -1) };
    });
    open = await backend.compile(graph);
    const result = await open.run({ x: values(0, 0), unused: values(1) });
    expect(Object.fromEntries(Object.entries(result).map(([k, v]) => [k, [...v.data]]))).toEqual({
      x: [0, 0],
      y: [1, 1],
      again: [1, 1],
      one: [0],
      zero: [1],
    });
  });

  it("after dispose are refused", async () => {
    const executable = await backend.compile(momentum);
    await executable.dispose();
    await executable.dispose();
    await expect(executable.run({ x: values(1, 2) })).rejects.toMatchObject({ code: "disposed" });
  });
});

describe("options", () => {
  it("are told in one line", async () => {
    const two = await onnx({ threads: 2 });
    expect([backend.describe(), two.describe(), two.name, two.device, two.precision]).toEqual([
      "onnx: cpu, 1 thread",
      "onnx: cpu, 2 threads",
      "onnx",
      "cpu",
      "float32",
    ]);
    await two.dispose();
  });

  it("that mean nothing are refused", async () => {
    await expect(onnx({ threads: 0 })).rejects.toThrow("threads must be a whole number from 1, not 0");
    await expect(onnx({ device: "tpu" as "cpu" })).rejects.toMatchObject({ code: "device" });
  });
});

describe("a model", () => {
  const training = () =>
    trace({ x: [N, 3], w: [3, 2], b: [2] }, ({ x, w, b }) => {
      const loss = mul(sum(square(add(matmul(x, w), b))), 0.5);
      const [gw, gb] = gradients(loss, [w, b]);
      return { loss, w: sub(w, mul(gw!, 0.1)), b: sub(b, mul(gb!, 0.1)) };
    });

  it("has the same bytes each time", () => {
    const sizes = new Map([["N", 5]]);
    expect(toOnnx(training(), sizes)).toEqual(toOnnx(training(), sizes));
  });

  it("reads back: opset 21, IR 10, inputs by their names and fixed shapes", () => {
    const model = fromBinary(ModelProtoSchema, toOnnx(training(), new Map([["N", 5]])));
    expect([model.irVersion, model.opsetImport[0]!.version]).toEqual([10n, 21n]);
    const graph = model.graph!;
    expect(graph.input.map((i) => i.name)).toEqual(["x", "w", "b"]);
    // An output cannot have an input's name.
    expect(graph.output.map((o) => o.name)).toEqual(["loss", "w'", "b'"]);
    const shape = graph.input[0]!.type!.value;
    expect(shape.case === "tensorType" && shape.value.shape!.dim.map((d) => d.value.value)).toEqual([5n, 3n]);
    expect(graph.node.map((n) => n.opType)).toContain("Gemm");
  });

  it("needs every size", () => {
    expect(() => toOnnx(training())).toThrow("The size N has no value here.");
  });

  it("that ONNX Runtime refuses is a BackendError with its words", async () => {
    const graph = trace({ x: [2, 2] }, ({ x }) => ({ y: matmul(x, x) }));
    const executable = await backend.compile(graph);
    await expect(executable.run({ x: { data: new Float32Array(3), shape: [2, 2] } })).rejects.toThrow(
      "Input x has 3 values",
    );
    await executable.dispose();
    expect(BackendError).toBeDefined();
  });
});
