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
  square,
  sub,
  sum,
  symbol,
  trace,
} from "@normflow/core";
import { uniformValues } from "@normflow/core/conformance";
import { ModelProtoSchema } from "onnx-buf";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { onnx, toOnnx } from "./index.ts";

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

describe("runs", () => {
  it("take float64 and return float32", async () => {
    open = await backend.compile(trace({ x: [2] }, ({ x }) => ({ y: mul(x, 3) })));
    const { y } = await open.run({ x: { data: Float64Array.of(0.1, 2), shape: [2] } });
    expect(y!.data).toBeInstanceOf(Float32Array);
    expect([...y!.data]).toEqual([Math.fround(Math.fround(0.1) * 3), 6]);
  });

  it("meet any sizes, more than the sessions kept", async () => {
    open = await backend.compile(trace({ x: [N, 2] }, ({ x }) => ({ y: sum(square(x), 0) })));
    for (const n of [...Array(12).keys(), 3, 0, 11]) {
      const data = Float32Array.from(uniformValues([2 * (n + 1)], -2, 2, 1).data);
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
