import { FormatError, serve } from "@normflow/core";
import type { MelodyRequests, ModelCard } from "@normflow/music";
import { describe, expect, it } from "vitest";
import { Engine } from "./engine.ts";
import type { WorkerLike } from "./port.ts";

const card: ModelCard = {
  parameters: 1,
  backend: "none",
  title: undefined,
  windows: undefined,
  validation: undefined,
  test: undefined,
};

type Behaviour = "answers" | "hangs" | "crashes";

/** A worker in this thread that does as it is told. */
class FakeWorker implements WorkerLike {
  static all: FakeWorker[] = [];
  behaviour: Behaviour = "answers";
  /** Milliseconds before a message arrives. */
  delay = 0;
  opened = 0;
  ended = false;
  private readonly heard: ((event: { readonly data: unknown }) => void)[] = [];
  private readonly failed: ((event: unknown) => void)[] = [];
  private toServer: (message: unknown) => void = () => {};

  constructor() {
    FakeWorker.all.push(this);
    serve<Pick<MelodyRequests, "open" | "bits">>(
      {
        postMessage: (data) => queueMicrotask(() => this.heard.forEach((listener) => void listener({ data }))),
        onMessage: (listener) => {
          this.toServer = listener;
        },
      },
      {
        open: ({ bytes }) => {
          if (bytes[0] === 0) throw new FormatError("not-a-melody-model", "This model is no melody flow.");
          this.opened++;
          return card;
        },
        bits: ({ grids }) => grids.map((_, i) => i),
      },
    );
  }

  postMessage(message: unknown): void {
    if (this.ended || this.behaviour === "hangs") return;
    if (this.behaviour === "crashes") queueMicrotask(() => this.crash());
    else queueMicrotask(() => setTimeout(() => this.toServer(message), this.delay));
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === "message") this.heard.push(listener as never);
    else this.failed.push(listener as never);
  }

  crash(): void {
    for (const listener of this.failed) listener(new Error("crashed"));
  }

  terminate(): void {
    this.ended = true;
  }
}

function engine(patience = 400) {
  FakeWorker.all = [];
  let restarts = 0;
  const made = new Engine({ spawn: () => new FakeWorker(), onRestart: () => void restarts++, patience });
  return { engine: made, restarts: () => restarts, last: () => FakeWorker.all.at(-1)! };
}

const model = Uint8Array.of(1, 2, 3);

describe("the engine", () => {
  it("says so before there is a model", async () => {
    await expect(engine().engine.request("bits", { grids: [] })).rejects.toMatchObject({ code: "no-model" });
  });

  it("opens a model and asks it", async () => {
    const { engine: e, restarts } = engine();
    expect(await e.use(model)).toEqual(card);
    expect(await e.request("bits", { grids: [[], []] })).toEqual([0, 1]);
    expect(restarts()).toBe(0);
  });

  it("keeps the model in use where another is refused", async () => {
    const { engine: e, last, restarts } = engine();
    await e.use(model);
    await expect(e.use(Uint8Array.of(0))).rejects.toMatchObject({ code: "not-a-melody-model" });
    expect(last().ended).toBe(true);
    expect(await e.request("bits", { grids: [[]] })).toEqual([0]);
    FakeWorker.all[0]!.crash();
    expect(await e.request("bits", { grids: [[]] })).toEqual([0]);
    expect(FakeWorker.all).toHaveLength(3);
    expect(last().opened).toBe(1);
    expect(restarts()).toBe(1);
  });

  it.each(["hangs", "crashes"] as const)("keeps the model in use where another %s its worker", async (behaviour) => {
    FakeWorker.all = [];
    let harm: Behaviour = "answers";
    const made = new Engine({
      spawn: () => {
        const worker = new FakeWorker();
        worker.behaviour = harm;
        return worker;
      },
      patience: 400,
    });
    await made.use(model);
    harm = behaviour;
    await expect(made.use(Uint8Array.of(9))).rejects.toMatchObject({ name: "WorkerError" });
    harm = "answers";
    expect(await made.request("bits", { grids: [[]] })).toEqual([0]);
    expect(FakeWorker.all.filter((worker) => !worker.ended)).toHaveLength(1);
  });

  it("asks the next model again what the one before did not answer any more", async () => {
    const { engine: e, last, restarts } = engine(1000);
    await e.use(model);
    last().behaviour = "hangs";
    const waiting = e.request("bits", { grids: [[], []] });
    await e.use(Uint8Array.of(4));
    expect(await waiting).toEqual([0, 1]);
    expect(restarts()).toBe(0);
    expect(FakeWorker.all.map((worker) => worker.ended)).toEqual([true, false]);
  });

  it("uses the model that was asked for last, whichever opens first", async () => {
    FakeWorker.all = [];
    const made = new Engine({ spawn: () => new FakeWorker(), patience: 1000 });
    const first = made.use(model);
    const slow = FakeWorker.all[0]!;
    slow.delay = 20;
    const second = made.use(Uint8Array.of(4));
    await second;
    await expect(first).rejects.toMatchObject({ code: "cancelled" });
    expect(FakeWorker.all.map((worker) => worker.ended)).toEqual([true, false]);
  });

  it("takes a first model after one that was refused", async () => {
    const { engine: e } = engine();
    await expect(e.use(Uint8Array.of(0))).rejects.toMatchObject({ code: "not-a-melody-model" });
    expect(await e.use(model)).toEqual(card);
    expect(await e.request("bits", { grids: [[]] })).toEqual([0]);
  });

  it.each(["hangs", "crashes"] as const)("gives a request to a new worker where the old one %s", async (behaviour) => {
    const { engine: e, restarts, last } = engine();
    await e.use(model);
    const old = last();
    old.behaviour = behaviour;
    expect(await e.request("bits", { grids: [[], []] })).toEqual([0, 1]);
    expect(old.ended).toBe(true);
    expect(last()).not.toBe(old);
    expect(restarts()).toBe(1);
  });

  it("starts one new worker for all that was waiting", async () => {
    const { engine: e, restarts, last } = engine();
    await e.use(model);
    last().behaviour = "crashes";
    const answers = await Promise.all([1, 2, 3].map((n) => e.request("bits", { grids: Array(n).fill([]) })));
    expect(answers.map((a) => a.length)).toEqual([1, 2, 3]);
    expect(restarts()).toBe(1);
    expect(FakeWorker.all).toHaveLength(2);
  });

  it("gives up on a request that kills every worker, and not on the next one", async () => {
    FakeWorker.all = [];
    let harm: Behaviour = "answers";
    const fragile = new Engine({
      spawn: () => {
        const worker = new FakeWorker();
        worker.behaviour = harm;
        return worker;
      },
      patience: 400,
    });
    await fragile.use(model);
    FakeWorker.all[0]!.behaviour = harm = "crashes";
    await expect(fragile.request("bits", { grids: [] })).rejects.toMatchObject({ code: "worker-ended" });
    expect(FakeWorker.all).toHaveLength(2);
    harm = "answers";
    expect(await fragile.request("bits", { grids: [[]] })).toEqual([0]);
  });
});
