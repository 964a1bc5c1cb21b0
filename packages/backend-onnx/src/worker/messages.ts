/**
 * What passes between the thread that compiles and the worker that runs.
 *
 * @module
 */
import { BackendError, FlowError } from "@normflow/core";
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

export type RequestKind = keyof Requests;

export type Request = {
  [K in RequestKind]: { readonly id: number; readonly kind: K; readonly payload: Requests[K]["payload"] };
}[RequestKind];

/** An error as it crosses threads: what identifies and explains it. */
export interface Failure {
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}

export type Reply =
  | { readonly id: number; readonly kind: "result"; readonly payload: Requests[RequestKind]["result"] }
  | { readonly id: number; readonly kind: "error"; readonly payload: Failure };

/** What the worker is started with. */
export type WorkerData = HostOptions;

/** An error as a message. */
export const failureOf = (error: unknown): Failure => ({
  code: error instanceof FlowError ? error.code : undefined,
  message: error instanceof Error ? error.message : String(error),
  hint: error instanceof FlowError ? error.hint : undefined,
});

/** The error that a message stands for. */
export const errorOf = ({ code, message, hint }: Failure): BackendError =>
  new BackendError(code ?? "worker", message, hint === undefined ? {} : { hint });

/** The memory of values that the sender gives away. */
export const memoryOf = (values: Values): ArrayBuffer[] => [
  ...new Set(Object.values(values).map(({ data }) => data.buffer as ArrayBuffer)),
];
