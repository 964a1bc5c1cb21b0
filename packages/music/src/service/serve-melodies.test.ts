import { MessageChannel, type MessagePort } from "node:worker_threads";
import { onnx } from "@normflow/backend-onnx";
import {
  type Backend,
  BackendError,
  connect,
  layoutOf,
  type Port,
  reference,
  saveWeights,
  startValues,
} from "@normflow/core";
import { realNVP } from "@normflow/layers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { melodyFlow } from "../flow/melody-flow.ts";
import { MelodyModel } from "../flow/melody-model.ts";
import { fromEvent, type Grid, toEvent } from "../grid/grid.ts";
import { broken, randomGrids, rhythmOf, scales, shippedBytes, shippedModel, strays } from "../testing/shipped.ts";
import type { MelodyClient, MelodyRequests } from "./requests.ts";
import { serveMelodies } from "./serve-melodies.ts";

const end = (port: MessagePort): Port => ({
  postMessage: (message, transfer) => port.postMessage(message, transfer),
  onMessage: (listener) => void port.on("message", listener),
});

const channels: MessageChannel[] = [];
function start(backend: Promise<Backend> = onnx({ threads: 1 })): MelodyClient {
  const channel = new MessageChannel();
  channels.push(channel);
  serveMelodies(end(channel.port2), { backend });
  return connect<MelodyRequests>(end(channel.port1), { timeout: 50_000 });
}
afterAll(() => {
  for (const { port1 } of channels) port1.close();
});

/** A small melody model of other weights, and a flow that is none. */
const fileOf = (flow: ReturnType<typeof melodyFlow>, facts = {}): Uint8Array =>
  saveWeights(
    flow,
    { params: startValues(layoutOf(flow.params), [1, 2]), state: startValues(layoutOf(flow.state), [1, 2]) },
    facts,
  );
const small = (facts = {}): Uint8Array => fileOf(melodyFlow({ width: 16, blocks: 1, heads: 2 }), facts);

let client: MelodyClient;
let model: MelodyModel;
let a: Grid;
let b: Grid;
beforeAll(async () => {
  model = await shippedModel();
  client = start();
  const bytes = shippedBytes();
  const card = await client.request("open", { bytes }, { transfer: [bytes.buffer] });
  expect(card).toEqual({
    parameters: 103_990,
    backend: "onnx: cpu, 1 thread",
    title: undefined,
    windows: 7910,
    validation: expect.closeTo(44.42, 2),
    test: expect.closeTo(42.66, 2),
  });
  [a, b] = (await model.sample(2, { seed: 11 })).map(fromEvent) as [Grid, Grid];
});

const bitsOf = async (grids: readonly Grid[]) => model.bits(grids.map(toEvent));

describe("the melody service", () => {
  it("samples what the model samples, whatever its chunks", async () => {
    const { grids, bits } = await client.request("sample", { seed: 3, temperature: 0.9, n: 40 });
    expect(grids).toEqual((await model.sample(40, { seed: 3, temperature: 0.9 })).map(fromEvent));
    (await bitsOf(grids)).forEach((v, i) => void expect(bits[i]).toBeCloseTo(v, 3));
    expect((await client.request("sample", { seed: 3, temperature: 0.9 })).grids).toEqual(grids.slice(0, 1));
  });

  it("samples and scores in one run, and scores no melody twice", async () => {
    const scoring = vi.spyOn(MelodyModel.prototype, "bits");
    const { grids } = await client.request("sample", { seed: 12 });
    await client.request("bits", { grids });
    expect(scoring).not.toHaveBeenCalled();
    await client.request("bits", { grids: [...grids, b] });
    expect(scoring.mock.calls.map(([events]) => events.length)).toEqual([1]);
    scoring.mockRestore();
  });

  it("scores what it samples as what it answers with: a silence that starts within one goes on", async () => {
    const events = await model.sample(200, { seed: 5 });
    const { grids, bits } = await client.request("sample", { seed: 5, n: 200 });
    const loose = events.filter((event, i) => toEvent(grids[i]!).some((token, k) => token !== event[k]));
    expect(loose.length).toBeGreaterThan(0);
    (await bitsOf(grids)).forEach((v, i) => void expect(bits[i]).toBeCloseTo(v, 3));
  });

  it("samples within a scale", async () => {
    const { grids } = await client.request("sample", { seed: 1, n: 20, scale: [0, 4, 7] });
    for (const grid of grids) expect(strays(grid, new Set([0, 4, 7]))).toEqual([]);
  });

  it("scores melodies and their parts", async () => {
    const bits = await client.request("bits", { grids: [a, b] });
    (await bitsOf([a, b])).forEach((v, i) => void expect(bits[i]).toBeCloseTo(v, 3));
    const s = await client.request("surprise", { grid: a });
    expect(s.bits).toBeCloseTo(bits[0]!, 3);
    expect(s.notes).toHaveLength(a.filter((step) => step > 0).length);
    expect(await client.request("bits", { grids: [] })).toEqual([]);
  });

  it("says what is typical, sorted, the same each time, with progress", async () => {
    const seen: number[] = [];
    const bits = await client.request(
      "typical",
      { n: 40 },
      { onProgress: ({ done, of }) => void seen.push(done / of) },
    );
    expect(seen).toEqual([0.4, 0.8, 1]);
    expect(bits).toEqual([...bits].sort((x, y) => x - y));
    expect(bits[20]).toBeGreaterThan(25);
    expect(bits[20]).toBeLessThan(60);
    expect(await client.request("typical", { n: 40 })).toEqual(bits);
  });

  it("morphs, both ends exact", async () => {
    for (const preset of ["smooth", "musical"] as const) {
      const { grids, bits } = await client.request("morph", { a, b, points: 9, preset });
      expect([grids[0], grids[8]]).toEqual([a, b]);
      expect(bits).toHaveLength(9);
    }
  });

  it("varies, regenerates, shapes and crosses within their limits", async () => {
    const scale = [...scales[0]!];
    const locked = [0, 1, 2, 3];
    expect((await client.request("vary", { grid: a, similarity: 1, seed: 4 })).grid).toEqual(a);
    const results = [
      await client.request("vary", { grid: a, similarity: 0.3, seed: 4, temperature: 1.2, locked, scale }),
      await client.request("regenerate", { grid: a, seed: 4, locked, scale }),
      await client.request("shape", { grid: a, register: 0.7, density: -0.4, leaps: 0.2, locked, scale }),
    ];
    for (const { grid, bits } of results) {
      expect(broken(a, locked, grid)).toEqual([]);
      expect(strays(grid, scales[0]!, locked, grid)).toEqual([]);
      expect(bits).toBeCloseTo((await bitsOf([grid]))[0]!, 3);
      expect(grid).not.toEqual(a);
    }
    expect((await client.request("shape", { grid: a, register: 0 })).grid).toEqual(a);
    const { grid } = await client.request("cross", { rhythm: a, pitches: b, scale });
    expect(rhythmOf(grid)).toBe(rhythmOf(a));
  });

  it("brings what it is sent into its one form", async () => {
    const loose = [-1, -1, 0, 0, 60, ...new Array<number>(27).fill(-1)];
    const { grid } = await client.request("shape", { grid: loose });
    expect(grid.slice(0, 6)).toEqual([0, -1, -1, -1, 60, -1]);
  });
});

describe("opening", () => {
  it("is what everything else waits for", async () => {
    const fresh = start(Promise.resolve(reference()));
    await expect(fresh.request("sample", { seed: 1 })).rejects.toMatchObject({
      code: "no-model",
      hint: "Open a model file first.",
    });
    expect(await fresh.request("open", { bytes: small({ title: "Small" }) })).toMatchObject({
      title: "Small",
      backend: reference().describe(),
    });
    expect((await fresh.request("sample", { seed: 1 })).grids).toHaveLength(1);
  });

  it("says why there is no backend", async () => {
    const none = Promise.reject(new BackendError("device-unavailable", "There is none.", { hint: "Take another." }));
    await expect(start(none).request("open", { bytes: small() })).rejects.toMatchObject({
      name: "BackendError",
      code: "device-unavailable",
      hint: "Take another.",
    });
  });

  it("replaces the model; what is no melody model is refused, and the old one stays", async () => {
    const own = start();
    await own.request("open", { bytes: shippedBytes() });
    const before = await own.request("sample", { seed: 5, n: 3 });
    const table = fileOf(realNVP({ features: 2, layers: 2 }));
    const refused: [unknown, string][] = [
      [table, "not-a-melody-model"],
      [shippedBytes().slice(0, 1000), ""],
      [new Uint8Array(0), ""],
      [Uint8Array.from({ length: 300 }, (_, i) => i % 251), ""],
      ["text", "bytes"],
      [undefined, "bytes"],
    ];
    for (const [bytes, code] of refused) {
      const error = await own.request("open", { bytes: bytes as Uint8Array }).catch((e: unknown) => e);
      expect(error).toMatchObject({ name: "FormatError", ...(code ? { code } : {}) });
    }
    expect(await own.request("sample", { seed: 5, n: 3 })).toEqual(before);
    // A request sent before a second open is answered by the first model, one sent after it by the second.
    const [first, card, second] = await Promise.all([
      own.request("sample", { seed: 5, n: 3 }),
      own.request("open", { bytes: small() }),
      own.request("sample", { seed: 5, n: 3 }),
    ]);
    expect(first).toEqual(before);
    expect(card.parameters).toBeLessThan(103_990);
    expect(second.grids).not.toEqual(before.grids);
  });
});

describe("cancelling", () => {
  it("stops a long request between its runs and frees the worker", async () => {
    const control = new AbortController();
    let done = 0;
    const typical = client.request(
      "typical",
      { n: 4000 },
      {
        signal: control.signal,
        onProgress(progress) {
          done = progress.done;
          if (done >= 48) control.abort();
        },
      },
    );
    await expect(typical).rejects.toMatchObject({ code: "cancelled" });
    expect(done).toBeLessThan(400);
    const sampling = new AbortController();
    const many = client.request("sample", { seed: 1, n: 4000 }, { signal: sampling.signal });
    setTimeout(() => sampling.abort(), 50);
    await expect(many).rejects.toMatchObject({ code: "cancelled" });
    const start = performance.now();
    await client.request("sample", { seed: 1 });
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("hostile payloads", () => {
  const noGrids: unknown[] = [
    undefined,
    null,
    7,
    "melody",
    {},
    [],
    new Array(32),
    new Array(31).fill(60),
    new Array(33).fill(60),
    new Array(32).fill(60.5),
    new Array(32).fill(49),
    new Array(32).fill(87),
    new Array(32).fill(-2),
    new Array(32).fill("60"),
    new Array(32).fill(Number.NaN),
    { length: 32 },
    new Float32Array(32),
  ];

  it.each([
    ["bits", (grid: unknown) => ({ grids: [a, grid] })],
    ["surprise", (grid: unknown) => ({ grid })],
    ["morph", (grid: unknown) => ({ a, b: grid, points: 3, preset: "smooth" })],
    ["vary", (grid: unknown) => ({ grid, similarity: 0.5, seed: 1 })],
    ["regenerate", (grid: unknown) => ({ grid, locked: [], seed: 1 })],
    ["shape", (grid: unknown) => ({ grid, register: 1 })],
    ["cross", (grid: unknown) => ({ rhythm: a, pitches: grid })],
  ] as const)("%s refuses grids that are no melody", async (kind, payload) => {
    for (const grid of noGrids)
      await expect(client.request(kind, payload(grid) as never)).rejects.toMatchObject({
        name: "FormatError",
        code: "grid",
      });
  });

  it("are refused with the code of what is wrong", async () => {
    const cases: [keyof MelodyRequests, unknown, string][] = [
      ["sample", null, "seed"],
      ["sample", { seed: -1 }, "seed"],
      ["sample", { seed: 0.5 }, "seed"],
      ["sample", { seed: "1" }, "seed"],
      ["sample", { seed: 1, n: 1e9 }, "sample-count"],
      ["sample", { seed: 1, n: 0 }, "sample-count"],
      ["sample", { seed: 1, temperature: Number.POSITIVE_INFINITY }, "temperature"],
      ["sample", { seed: 1, temperature: "hot" }, "temperature"],
      ["sample", { seed: 1, scale: [] }, "scale"],
      ["sample", { seed: 1, scale: [12] }, "scale"],
      ["sample", { seed: 1, scale: "major" }, "scale"],
      ["typical", { n: -5 }, "sample-count"],
      ["bits", { grids: 5 }, "grids"],
      ["bits", undefined, "grids"],
      ["morph", { a, b, points: 1, preset: "smooth" }, "points"],
      ["morph", { a, b, points: 1e7, preset: "smooth" }, "points"],
      ["morph", { a, b, points: 5, preset: "toString" }, "preset"],
      ["vary", { grid: a, similarity: 1.5, seed: 1 }, "similarity"],
      ["vary", { grid: a, similarity: "nearly", seed: 1 }, "similarity"],
      ["regenerate", { grid: a, seed: 1, locked: [32] }, "locked"],
      ["regenerate", { grid: a, seed: 1, locked: [-1] }, "locked"],
      ["regenerate", { grid: a, seed: 1, locked: "all" }, "locked"],
      ["shape", { grid: a, density: 2 }, "slider"],
      ["shape", { grid: a, leaps: "wide" }, "slider"],
    ];
    for (const [kind, payload, code] of cases)
      await expect(client.request(kind, payload as never), `${kind} ${code}`).rejects.toMatchObject({ code });
    expect((await client.request("sample", { seed: 1 })).grids).toHaveLength(1);
  });

  it("answers 60 requests at once, each its own", async () => {
    const grids = randomGrids(60, 9);
    const answers = await Promise.all(grids.map((grid) => client.request("shape", { grid })));
    expect(answers.map(({ grid }) => grid)).toEqual(grids);
  });
});
