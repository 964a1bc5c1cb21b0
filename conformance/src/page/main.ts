/**
 * The page in which the suite runs: `run(id)` opens a provider and reports, `cancel(times)` measures the worker.
 *
 * @module
 */
import { pageProviders } from "../page-providers.ts";
import { type Report, runProvider } from "../suite.ts";
import { cancelling } from "./cancel.ts";

declare const fetch: (address: string) => Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;

const melody = async (): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch("/melody.safetensors")).arrayBuffer());

const run = async (id: string): Promise<Report> => runProvider(pageProviders.find((p) => p.id === id)!, await melody());

const cancel = async (times: number): Promise<number[]> => cancelling(await melody(), times);

Object.assign(globalThis, { run, cancel });
