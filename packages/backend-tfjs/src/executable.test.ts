import {
  add,
  dynamicSlice,
  dynamicUpdateSlice,
  type Executable,
  mul,
  ShapeError,
  square,
  sub,
  sum,
  symbol,
  trace,
} from "@normflow/core";
import { afterEach, describe, expect, it } from "vitest";
import { tfjs } from "./index.ts";

const N = symbol("N");
const values = (...data: number[]) => ({ data: Float32Array.from(data), shape: [data.length] });
const list = (array: { readonly data: ArrayLike<number> } | undefined): number[] => Array.from(array!.data);

const backend = await tfjs({ device: "wasm" });
let open: Executable | undefined;
afterEach(async () => {
  await open?.dispose();
  open = undefined;
});

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
    for (let i = 0; i < 3; i++) seen.push(list((await open.run({ x: values(1, 2) }))["before"]));
    expect(seen).toEqual([
      [10, 20],
      [9, 18],
      [7.5, 15],
    ]);
    const { p, v } = await open.get(["p", "v"]);
    expect([...list(p), ...list(v)]).toEqual([5.75, 11.5, 1.75, 3.5]);
  });

  it("may change places", async () => {
    const graph = trace({ a: [2], b: [2] }, ({ a, b }) => ({ a: b, b: a, total: add(a, b) }));
    open = await backend.compile(graph, { resident: ["a", "b"], carry: { a: "a", b: "b" } });
    await open.put({ a: values(1, 2), b: values(3, 4) });
    for (let i = 0; i < 3; i++) expect(list((await open.run({}))["total"])).toEqual([4, 6]);
    const { a, b } = await open.get(["a", "b"]);
    expect([list(a), list(b)]).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  it("are the backend's own: neither what is put nor what is got nor what is returned is shared", async () => {
    open = await compileMomentum();
    const p = values(10, 20);
    await open.put({ p, v: values(0, 0) });
    p.data[0] = 99;
    const got = (await open.get(["p"]))["p"]!;
    got.data[1] = 99;
    const first = (await open.run({ x: values(0, 0) }))["before"]!;
    expect(list(first)).toEqual([10, 20]);
    first.data.fill(7);
    expect(Object.keys(await open.run({ x: values(0, 0) }))).toEqual(["before"]);
    expect(list((await open.get(["p"]))["p"])).toEqual([10, 20]);
  });

  it("are computed with again when they are put again", async () => {
    const graph = trace({ w: [2], x: [2] }, ({ w, x }) => ({ y: mul(square(w), x) }));
    open = await backend.compile(graph, { resident: ["w"] });
    for (const w of [2, 3]) {
      await open.put({ w: values(w, w) });
      for (const x of [1, 5]) expect(list((await open.run({ x: values(x, x) }))["y"])).toEqual([w * w * x, w * w * x]);
    }
  });

  it("survive a run that is refused", async () => {
    open = await compileMomentum();
    await open.put({ p: values(1, 2), v: values(0, 0) });
    await expect(open.run({ x: values(1, 2, 3) })).rejects.toThrow("Input x has shape [3] where [2] is expected");
    expect(list((await open.get(["p"]))["p"])).toEqual([1, 2]);
  });

  it("are missing until they are put, by a sentence", async () => {
    open = await compileMomentum();
    await expect(open.run({ x: values(1, 2) })).rejects.toMatchObject({ code: "missing-input" });
    await expect(open.get(["p"])).rejects.toMatchObject({ code: "missing-input" });
    await expect(open.put({ p: { data: new Float32Array(3), shape: [2] } })).rejects.toMatchObject({
      code: "input-size",
    });
  });

  it("may change their size", async () => {
    const graph = trace({ s: [N], x: [N] }, ({ s, x }) => ({ next: add(s, x), total: sum(s) }));
    open = await backend.compile(graph, { resident: ["s"], carry: { next: "s" } });
    await open.put({ s: values(1, 2, 3) });
    await open.run({ x: values(1, 1, 1) });
    await open.put({ s: values(5, 5) });
    expect(list((await open.run({ x: values(1, 2) }))["total"])).toEqual([10]);
    expect(list((await open.get(["s"]))["s"])).toEqual([6, 7]);
    await expect(open.run({ x: values(1, 2, 3) })).rejects.toBeInstanceOf(ShapeError);
  });
});

describe("runs", () => {
  it("return arrays of the caller's own", async () => {
    const graph = trace({ x: [2], unused: [1] }, ({ x }) => ({ x, y: add(x, 1), again: add(x, 1) }));
    open = await backend.compile(graph);
    const given = values(1, 2);
    const first = await open.run({ x: given, unused: values(0) });
    for (const { data } of Object.values(first)) {
      expect(data.buffer.byteLength).toBe(8);
      data.fill(9);
    }
    await open.run({ x: values(5, 6), unused: values(0) });
    expect(list(given)).toEqual([1, 2]);
    expect(Object.values(first).map(list)).toEqual(Array.from({ length: 3 }, () => [9, 9]));
  });

  it("of many sizes share one executable, each planned once", async () => {
    open = await backend.compile(trace({ x: [N] }, ({ x }) => ({ y: sum(square(x)) })));
    for (const turn of [0, 1])
      for (let n = 0; n < 20; n++) {
        const x = Array.from({ length: n }, (_, i) => i + turn);
        const expected = x.reduce((a, b) => a + b * b, 0);
        expect(list((await open.run({ x: values(...x) }))["y"])).toEqual([expected]);
      }
  });

  it("with a start that is no number keep to their memory", async () => {
    const long = 100;
    const graph = trace({ x: [long], u: [long / 2], s: [] }, ({ x, u, s }) => ({
      y: dynamicUpdateSlice(mul(x, 2), 0, s, u),
      z: dynamicSlice(x, 0, s, long / 2),
    }));
    open = await backend.compile(graph);
    const [x, u] = [new Float32Array(long).fill(1), new Float32Array(long / 2).fill(5)];
    const run = async (start: number) => {
      const given = { x: { data: x, shape: [long] }, u: { data: u, shape: [long / 2] } };
      const { y, z } = await open!.run({ ...given, s: { data: Float32Array.of(start), shape: [] } });
      return [list(y).reduce((a, b) => a + b), list(z).reduce((a, b) => a + b)];
    };
    for (const start of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.9])
      expect(await run(start), String(start)).toEqual([350, 50]);
  });

  it("of two executables of one backend do not disturb each other", async () => {
    const [one, two] = [await compileMomentum(), await compileMomentum()];
    await one.put({ p: values(1, 1), v: values(0, 0) });
    await two.put({ p: values(5, 5), v: values(0, 0) });
    const runs = await Promise.all([one, two, one, two].map((e) => e.run({ x: values(1, 1) })));
    expect(runs.map((r) => list(r["before"])[0])).toEqual([1, 5, 0, 4]);
    await one.dispose();
    expect(list((await two.run({ x: values(0, 0) }))["before"])).toEqual([2.5, 2.5]);
    await two.dispose();
  });

  it("after dispose are refused", async () => {
    const executable = await compileMomentum();
    await executable.dispose();
    await executable.dispose();
    for (const refused of [executable.run({}), executable.put({}), executable.get(["p"])])
      await expect(refused).rejects.toMatchObject({
        name: "BackendError",
        code: "disposed",
        hint: "Compile the graph again.",
      });
  });
});

describe("the backend", () => {
  it("says what it is", () => {
    expect([backend.name, backend.device, backend.precision]).toEqual(["tfjs", "wasm", "float32"]);
    expect(backend.describe()).toMatch(/^tfjs: wasm, (no )?SIMD, (1 thread|threads)$/);
  });

  it("disposes of what it compiled, and says so", async () => {
    const own = await tfjs({ device: "wasm" });
    const executable = await own.compile(momentum);
    await own.dispose();
    await expect(executable.run({})).rejects.toMatchObject({ code: "disposed" });
    await expect(own.compile(momentum)).rejects.toMatchObject({ code: "disposed" });
  });
});
