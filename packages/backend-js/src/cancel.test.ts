import { readFileSync } from "node:fs";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import {
  type Abortable,
  add,
  connect,
  hostArray,
  loop,
  matmul,
  open,
  type Port,
  scan,
  sin,
  sub,
  sum,
  tanh,
  trace,
} from "@normflow/core";
import { all } from "@normflow/layers/all";
import { MelodyModel, type MelodyRequests, serveMelodies } from "@normflow/music";
import { afterAll, describe, expect, it } from "vitest";
import { js } from "./index.ts";

const bytes = readFileSync(new URL("../../../apps/cli/models/melody.safetensors", import.meta.url));
const model = MelodyModel.from(open(bytes, all), js());
const never: Abortable = { aborted: false, throwIfAborted: () => {} };
const list = (array: { readonly data: ArrayLike<number> } | undefined): number[] => Array.from(array!.data);
/** Machines that are shared stretch single times; the shortest is what the code needs. */
const best = (times: readonly number[]): number => Math.min(...times);

describe("a run in slices", () => {
  const D = 160;
  const graph = trace({ x: [D, D] }, ({ x }) => {
    const [[state], [sums]] = scan(([h]) => [[tanh(matmul(h!, x!))], [sum(h!)]], [sin(x!)], [], { length: 60 });
    const [, counted] = loop(
      ([i]) => sub(40, i!),
      ([i, h]) => [add(i!, 1), tanh(matmul(h!, x!))],
      [sum(sub(x!, x!)), x!],
      { limit: 40 },
    );
    return { state: state!, sums: sums!, counted: counted! };
  });
  const x = hostArray(
    Float32Array.from({ length: D * D }, (_, i) => Math.sin(i) / 10),
    [D, D],
  );

  it("gives what a run at once gives, bit by bit, and lets other work have its turn", async () => {
    const executable = await js().compile(graph);
    const expected = await executable.run({ x });
    let turns = 0;
    let going = true;
    const count = (): void => {
      turns++;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    const sliced = await executable.run({ x }, { signal: never });
    going = false;
    for (const name of ["state", "sums", "counted"]) expect(list(sliced[name])).toEqual(list(expected[name]));
    expect(turns).toBeGreaterThan(2);
  });

  it("does runs that are asked for meanwhile one after another", async () => {
    const executable = await js().compile(graph);
    const other = hostArray(x.data.map((v) => v / 2) as Float32Array, x.shape);
    const [a, b] = [await executable.run({ x }), await executable.run({ x: other })];
    const both = await Promise.all([
      executable.run({ x }, { signal: never }),
      executable.run({ x: other }),
      executable.run({ x }, { signal: never }),
    ]);
    expect(both.map((r) => list(r["state"]))).toEqual([a, b, a].map((r) => list(r["state"])));
    const last = executable.run({ x }, { signal: never });
    await executable.dispose();
    expect(list((await last)["state"])).toEqual(list(a["state"]));
    await expect(executable.run({ x }, { signal: never })).rejects.toMatchObject({ code: "disposed" });
  });

  it("stops with what the signal says, and the program runs again", async () => {
    const executable = await js().compile(graph);
    const expected = list((await executable.run({ x }))["state"]);
    for (let i = 0; i < 3; i++) {
      const control = new AbortController();
      setTimeout(() => control.abort(new Error("enough")), 10);
      await expect(executable.run({ x }, { signal: control.signal })).rejects.toMatchObject({
        code: "aborted",
        cause: { message: "enough" },
      });
    }
    await expect(executable.run({ x }, { signal: AbortSignal.abort(new Error("before")) })).rejects.toMatchObject({
      cause: { message: "before" },
    });
    expect(list((await executable.run({ x }, { signal: never }))["state"])).toEqual(expected);
  });

  it("carries values whole or not at all", async () => {
    const step = trace({ p: [D, D] }, ({ p }) => ({
      next: scan(([h]) => [[tanh(matmul(h!, h!))], []], [p!], [], { length: 60 })[0][0]!,
    }));
    const executable = await js().compile(step, { resident: ["p"], carry: { next: "p" } });
    await executable.put({ p: x });
    const control = new AbortController();
    setTimeout(() => control.abort(), 5);
    await executable.run({}, { signal: control.signal });
    const once = list((await executable.get(["p"]))["p"]);
    await executable.put({ p: x });
    await executable.run({});
    expect(list((await executable.get(["p"]))["p"])).toEqual(once);
  });
});

describe("the melody model", () => {
  it("draws the same with a signal as without one, and pays next to nothing for it", async () => {
    const plain = (await model.sample(40, { seed: 5 })).map((m) => Array.from(m));
    expect((await model.sample(40, { seed: 5, signal: never })).map((m) => Array.from(m))).toEqual(plain);
    const times: [number[], number[]] = [[], []];
    for (let i = 0; i < 120; i++)
      for (const [k, options] of [{ seed: i }, { seed: i, signal: never }].entries()) {
        const start = performance.now();
        await model.sample(1, options);
        times[k]!.push(performance.now() - start);
      }
    const [without, withSignal] = times.map(best) as [number, number];
    console.log(`one melody: ${without.toFixed(2)} ms at once, ${withSignal.toFixed(2)} ms with a signal`);
    expect(withSignal).toBeLessThan(1.25 * without + 0.3);
  });

  it("stops within 20 ms, in the middle of 512 melodies drawn in one run", async () => {
    const late: number[] = [];
    for (let i = 0; i < 5; i++) {
      const control = new AbortController();
      const wanted = performance.now() + 60;
      setTimeout(() => control.abort(new Error("stop")), 60);
      await expect(model.sample(512, { seed: i, signal: control.signal })).rejects.toThrow("stop");
      // From when the abort was due: a thread that computes reads no clock and no message.
      late.push(performance.now() - wanted);
    }
    console.log(`stopped after ${late.map((t) => t.toFixed(1)).join(", ")} ms`);
    expect(best(late)).toBeLessThan(20);
  });
});

describe("the melody service", () => {
  const channel = new MessageChannel();
  const end = (port: MessagePort): Port => ({
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (listener) => void port.on("message", listener),
  });
  serveMelodies(end(channel.port2), { backend: js() });
  const client = connect<MelodyRequests>(end(channel.port1), { timeout: 50_000 });
  afterAll(() => channel.port1.close());

  it("answers the next request within 20 ms of a cancelled one", async () => {
    await client.request("open", { bytes: Uint8Array.from(bytes) });
    await client.request("sample", { seed: 1, n: 16 });
    await client.request("bits", { grids: [] });
    const late: number[] = [];
    for (let i = 0; i < 5; i++) {
      const control = new AbortController();
      const long = client.request("sample", { seed: i, n: 4000 }, { signal: control.signal });
      const wanted = performance.now() + 60;
      setTimeout(() => control.abort(), 60);
      await expect(long).rejects.toMatchObject({ code: "cancelled" });
      await client.request("bits", { grids: [] });
      late.push(performance.now() - wanted);
    }
    console.log(`the next answer after ${late.map((t) => t.toFixed(1)).join(", ")} ms`);
    expect(best(late)).toBeLessThan(20);
  });
});
