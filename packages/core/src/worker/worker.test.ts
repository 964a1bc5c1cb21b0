import { MessageChannel } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { checkpoint } from "../abort.ts";
import { FlowError, FormatError, OptionError, WorkerError } from "../error.ts";
import { type Client, type ClientOptions, connect } from "./connect.ts";
import type { Port } from "./messages.ts";
import { type Handlers, serve } from "./serve.ts";

interface Sums {
  add: { readonly payload: readonly [number, number]; readonly result: number };
  count: { readonly payload: number; readonly result: number; readonly progress: number };
  double: { readonly payload: Float32Array; readonly result: Float32Array };
  fail: { readonly payload: "known" | "unknown" | "other"; readonly result: undefined };
  hang: { readonly payload: undefined; readonly result: undefined };
  unclonable: { readonly payload: undefined; readonly result: () => void };
}

class HomeMadeError extends FlowError {}

const handlers: Handlers<Sums> = {
  add: ([a, b]) => a + b,
  async count(n, { signal, progress }) {
    for (let i = 1; i <= n; i++) {
      await checkpoint(signal);
      progress(i);
    }
    return n;
  },
  double(values, { transfer }) {
    const doubled = values.map((v) => 2 * v);
    transfer([doubled.buffer as ArrayBuffer]);
    return doubled;
  },
  fail(how) {
    if (how === "known") throw new FormatError("bad-bytes", "These bytes are bad.", { hint: "Take others." });
    if (how === "other") throw new HomeMadeError("home-made", "Of the caller's own class.");
    throw new TypeError("x is not a function");
  },
  hang: () => new Promise(() => {}),
  unclonable: () => () => {},
};

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of channels.splice(0)) port1.close();
});

/** Both ends of a channel of Node, whose messages are cloned and transferred as a worker's are. */
function channel(): { near: Port; far: Port; raw: MessageChannel } {
  const raw = new MessageChannel();
  channels.push(raw);
  const end = (port: MessageChannel["port1"]): Port => ({
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (listener) => void port.on("message", listener),
    onEnd: (listener) => void port.on("close", () => listener("closed")),
  });
  return { near: end(raw.port1), far: end(raw.port2), raw };
}

function served(options: ClientOptions = {}): { client: Client<Sums>; raw: MessageChannel } {
  const { near, far, raw } = channel();
  serve<Sums>(far, handlers);
  return { client: connect<Sums>(near, options), raw };
}

describe("requests", () => {
  it("are answered, each by its own result", async () => {
    const { client } = served();
    expect(await Promise.all([1, 2, 3].map((a) => client.request("add", [a, 10])))).toEqual([11, 12, 13]);
  });

  it("tell progress on the way", async () => {
    const { client } = served();
    const seen: number[] = [];
    expect(await client.request("count", 3, { onProgress: (i) => void seen.push(i) })).toBe(3);
    expect(seen).toEqual([1, 2, 3]);
  });

  it("give memory away both ways", async () => {
    const { client } = served();
    const values = Float32Array.of(1, 2);
    expect(await client.request("double", values, { transfer: [values.buffer] })).toEqual(Float32Array.of(2, 4));
    expect(values).toHaveLength(0);
  });

  it("are told from each other when two clients share nothing but their worker's code", async () => {
    const [a, b] = [served().client, served().client];
    expect(await Promise.all([a.request("add", [1, 1]), b.request("add", [2, 2])])).toEqual([2, 4]);
  });
});

describe("types", () => {
  it("tie payload, result and progress to the kind", () => {
    const unused = (client: Client<Sums>) => {
      // @ts-expect-error: there is no such request
      void client.request("subtract", [1, 2]);
      // @ts-expect-error: the payload is a pair of numbers
      void client.request("add", "1 + 1");
      // @ts-expect-error: the result is a number
      const sum: Promise<string> = client.request("add", [1, 2]);
      // @ts-expect-error: what is told on the way is a number
      void client.request("count", 1, { onProgress: (value: string) => value });
      return sum;
    };
    expect(unused).toBeTypeOf("function");
  });
});

describe("errors", () => {
  it("keep class, code, message and hint", async () => {
    const error = await served()
      .client.request("fail", "known")
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({ code: "bad-bytes", message: "These bytes are bad.", hint: "Take others." });
  });

  it("of unknown classes arrive as the base class, and foreign ones as unexpected", async () => {
    const { client } = served();
    await expect(client.request("fail", "other")).rejects.toMatchObject({ name: "FlowError", code: "home-made" });
    await expect(client.request("fail", "unknown")).rejects.toMatchObject({
      name: "WorkerError",
      code: "unexpected",
      message: "x is not a function",
    });
  });

  it("say so where a payload or a result cannot be sent", async () => {
    const { client } = served();
    await expect(client.request("add", [() => {}, 1] as never)).rejects.toMatchObject({ code: "payload" });
    await expect(client.request("unclonable", undefined)).rejects.toMatchObject({ code: "unexpected" });
    expect(await client.request("add", [1, 1])).toBe(2);
  });

  it("name a request that is not served, inherited names included", async () => {
    const { client } = served();
    for (const kind of ["subtract", "toString", "__proto__"])
      await expect(client.request(kind as "add", [1, 1])).rejects.toMatchObject({
        code: "unknown-request",
        hint: "It serves add, count, double, fail, hang, unclonable.",
      });
  });

  it("leave a server that is sent rubbish at work", async () => {
    const { client, raw } = served();
    for (const rubbish of [null, 7, "text", [], {}, { id: "x", kind: "add" }, { id: 1 }, { id: 9, kind: "cancel" }])
      raw.port1.postMessage(rubbish);
    expect(await client.request("add", [1, 1])).toBe(2);
  });
});

describe("cancelling", () => {
  it("rejects at once, stops the work between its parts and frees the worker", async () => {
    const { client } = served();
    const control = new AbortController();
    let last = 0;
    const running = client.request("count", 1e6, {
      signal: control.signal,
      onProgress(i) {
        last = i;
        if (i === 5) control.abort("enough");
      },
    });
    await expect(running).rejects.toMatchObject({ name: "WorkerError", code: "cancelled", cause: "enough" });
    expect(last).toBe(5);
    expect(await client.request("add", [1, 1])).toBe(2);
  });

  it("keeps a waiting request from starting", async () => {
    const { near, far } = channel();
    const started: number[] = [];
    serve<Pick<Sums, "count">>(far, {
      async count(n, { signal }) {
        started.push(n);
        for (let i = 0; i < 20; i++) await checkpoint(signal);
        return n;
      },
    });
    const client = connect<Pick<Sums, "count">>(near);
    const control = new AbortController();
    const first = client.request("count", 1);
    const second = client.request("count", 2, { signal: control.signal });
    control.abort();
    await expect(second).rejects.toMatchObject({ code: "cancelled" });
    expect(await first).toBe(1);
    expect(await client.request("count", 3)).toBe(3);
    expect(started).toEqual([1, 3]);
  });

  it("leaves of a burst only what was not cancelled, although the work itself never waits", async () => {
    const { near, far } = channel();
    const started: number[] = [];
    serve<Pick<Sums, "add">>(far, {
      add([a]) {
        started.push(a);
        return a;
      },
    });
    const client = connect<Pick<Sums, "add">>(near);
    const answers = Array.from({ length: 20 }, (_, i) => {
      const control = new AbortController();
      const answer = client.request("add", [i, 0], { signal: control.signal });
      if (i < 19) control.abort();
      return answer;
    });
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.filter((o) => o.status === "fulfilled")).toHaveLength(1);
    expect(started).toEqual([19]);
  });

  it("sends nothing for a signal that was aborted before, and listens no longer than needed", async () => {
    const { client } = served();
    await expect(client.request("add", [1, 1], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "cancelled",
    });
    const control = new AbortController();
    await client.request("add", [1, 1], { signal: control.signal });
    control.abort();
    expect(await client.request("add", [1, 2])).toBe(3);
  });
});

describe("the end of a worker", () => {
  it("rejects all that is pending with one error, and what is asked from then on", async () => {
    const { client, raw } = served();
    const pending = [client.request("hang", undefined), client.request("add", [1, 1])];
    raw.port2.close();
    const outcomes = await Promise.allSettled(pending);
    const reasons = outcomes.map((o) => (o.status === "rejected" ? (o.reason as unknown) : undefined));
    expect(reasons[0]).toBeInstanceOf(WorkerError);
    expect(reasons[0]).toMatchObject({ code: "worker-ended", cause: "closed" });
    expect(reasons[1]).toBe(reasons[0]);
    await expect(client.request("add", [1, 1])).rejects.toBe(reasons[0]);
    expect(client.alive).toBe(false);
  });

  it("is put in the caller's words, and by the caller", async () => {
    const { client } = served();
    const hanging = client.request("hang", undefined);
    client.close(new OptionError("disposed", "Disposed."));
    await expect(hanging).rejects.toMatchObject({ name: "OptionError", code: "disposed" });
    const second = served({ ended: (cause) => new FormatError("gone", `Gone: ${String(cause)}.`) });
    const waiting = second.client.request("hang", undefined);
    second.raw.port2.close();
    await expect(waiting).rejects.toThrow("Gone: closed.");
  });
});

describe("a timeout", () => {
  it("rejects what is not answered, of the request or of the client", async () => {
    const { client } = served({ timeout: 20 });
    await expect(client.request("hang", undefined)).rejects.toMatchObject({ name: "WorkerError", code: "timeout" });
    await expect(served().client.request("hang", undefined, { timeout: 10 })).rejects.toThrow("within 10 ms");
  });

  it("starts again with each progress", async () => {
    const { near, far } = channel();
    serve<Pick<Sums, "count">>(far, {
      async count(n, { progress }) {
        for (let i = 0; i < n; i++) {
          await new Promise((resolve) => setTimeout(resolve, 60));
          progress(i);
        }
        return n;
      },
    });
    expect(await connect<Pick<Sums, "count">>(near).request("count", 12, { timeout: 500 })).toBe(12);
  });

  it("is a positive number", async () => {
    for (const timeout of [0, -1, Number.NaN])
      await expect(served().client.request("add", [1, 1], { timeout })).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("a client", () => {
  it("tells when it has something pending and when nothing", async () => {
    const told: boolean[] = [];
    const { client } = served({ onBusy: (busy) => void told.push(busy) });
    await Promise.all([client.request("add", [1, 1]), client.request("add", [1, 2])]);
    await client.request("add", [1, 1]);
    expect(told).toEqual([true, false, true, false]);
  });
});
