/**
 * How soon a worker is free after a long request was cancelled.
 *
 * @module
 */
import { connect } from "@normflow/core";
import type { MelodyRequests } from "@normflow/music";

interface PageWorker {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  terminate(): void;
}
declare const Worker: new (address: URL, options: { readonly type: "module" }) => PageWorker;
declare const URL: typeof globalThis.URL;

/** Milliseconds from cancelling 4,000 melodies to the answer of the next request, `times` times. */
export async function cancelling(melody: Uint8Array, times: number): Promise<number[]> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const client = connect<MelodyRequests>(
    {
      postMessage: (message, transfer) => worker.postMessage(message, transfer ?? []),
      onMessage: (listener) => worker.addEventListener("message", ({ data }) => listener(data)),
    },
    { timeout: 60_000 },
  );
  await client.request("open", { bytes: melody });
  // Plans and compiled code are there before the clock runs.
  await client.request("sample", { seed: 1, n: 48 });
  await client.request("bits", { grids: [] });
  const late: number[] = [];
  for (let i = 0; i < times; i++) {
    const control = new AbortController();
    const long = client.request("sample", { seed: i, n: 4000 }, { signal: control.signal });
    await new Promise((resolve) => setTimeout(resolve, 120));
    const start = performance.now();
    control.abort();
    await long.catch(() => {});
    await client.request("bits", { grids: [] });
    late.push(performance.now() - start);
  }
  worker.terminate();
  return late;
}
