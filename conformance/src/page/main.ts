/**
 * The page in which the suite runs: `run([id, options])` opens a provider and reports, `cancel(times)` measures the worker.
 *
 * @module
 */
import { pageProviders } from "../page-providers.ts";
import { type Report, type RunOptions, runProvider } from "../suite.ts";
import { cancelling } from "./cancel.ts";

declare const fetch: (address: string) => Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;

const file = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(`/${name}.safetensors`)).arrayBuffer());

const run = async ([id, options]: readonly [id: string, options: RunOptions]): Promise<Report> =>
  runProvider(
    pageProviders.find((p) => p.id === id)!,
    { melody: await file("melody"), realnvp: await file("realnvp") },
    options,
  );

const cancel = async (times: number): Promise<number[]> => cancelling(await file("melody"), times);

Object.assign(globalThis, { run, cancel });
