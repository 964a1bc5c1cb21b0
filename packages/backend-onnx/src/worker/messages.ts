/**
 * What the thread that compiles asks of the worker that runs.
 *
 * @module
 */
import type { HostOptions, SessionPlan, Values } from "../host/host.ts";

/** Payloads and results by kind of request. */
export interface Requests {
  open: { readonly payload: Readonly<Record<never, never>>; readonly result: number };
  load: {
    readonly payload: { readonly program: number; readonly model: Uint8Array; readonly plan: SessionPlan };
    readonly result: number;
  };
  unload: { readonly payload: { readonly program: number; readonly session: number }; readonly result: undefined };
  run: {
    readonly payload: { readonly program: number; readonly session: number; readonly inputs: Values };
    readonly result: Values;
  };
  put: { readonly payload: { readonly program: number; readonly values: Values }; readonly result: undefined };
  get: { readonly payload: { readonly program: number; readonly names: readonly string[] }; readonly result: Values };
  close: { readonly payload: { readonly program: number }; readonly result: undefined };
}

/** What the worker is started with. */
export type WorkerData = HostOptions;

/** The memory of values that the sender gives away. */
export const memoryOf = (values: Values): ArrayBuffer[] => [
  ...new Set(Object.values(values).map(({ data }) => data.buffer as ArrayBuffer)),
];
