/**
 * What passes between a client and the worker that serves it, over anything that carries messages.
 *
 * @module
 */
import { BackendError, FlowError, FormatError, OptionError, ShapeError, WorkerError } from "../error.ts";

/** One kind of request: what is sent, what comes back, and what is told on the way. */
export interface Exchange {
  readonly payload: unknown;
  readonly result: unknown;
  readonly progress?: unknown;
}

/** The requests that a worker serves, by kind. */
export type Exchanges<R> = { readonly [K in keyof R]: Exchange };

/** What is told while a request of this kind runs. */
export type ProgressOf<E> = E extends { readonly progress: infer P } ? P : never;

/**
 * The end of a channel: a DOM `Worker`, a worker's `self`, a `MessagePort`, a worker of Node, each by a line or two.
 *
 * @example
 * const port: Port = {
 *   postMessage: (message, transfer = []) => worker.postMessage(message, transfer),
 *   onMessage: (listener) => worker.addEventListener("message", ({ data }) => listener(data)),
 *   onEnd: (listener) => worker.addEventListener("error", listener),
 * };
 */
export interface Port {
  /** Sends a message, giving away the memory named in `transfer`. */
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  /** Calls back with each message that arrives. */
  onMessage(listener: (message: unknown) => void): void;
  /** Calls back when the other side is gone for good, with what is known of why. */
  onEnd?(listener: (cause: unknown) => void): void;
}

/** A request, or with the kind {@link CANCEL} the wish that the one with this id stop. */
export interface Request {
  readonly id: number;
  readonly kind: string;
  readonly payload: unknown;
}

/** The kind of a message that cancels; no request may have it. */
export const CANCEL = "cancel";

/** What comes back: progress any number of times, then a result or an error. */
export type Reply =
  | { readonly id: number; readonly kind: "result" | "progress"; readonly payload: unknown }
  | { readonly id: number; readonly kind: "error"; readonly payload: Failure };

/** An error as it crosses: what identifies and explains it. */
export interface Failure {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Classes that an error keeps on its way; others arrive as the base class. */
const classes: Readonly<Record<string, typeof FlowError>> = {
  BackendError,
  FormatError,
  OptionError,
  ShapeError,
  WorkerError,
};

/** An error as a message. */
export function failureOf(error: unknown): Failure {
  if (error instanceof FlowError) {
    const { name, code, message, hint } = error;
    return { name, code, message, hint };
  }
  return {
    name: WorkerError.name,
    code: "unexpected",
    message: error instanceof Error ? error.message : String(error),
    hint: undefined,
  };
}

/** The error that a message stands for. */
export function errorOf({ name, code, message, hint }: Failure): FlowError {
  const Class = Object.hasOwn(classes, name) ? classes[name]! : FlowError;
  return new Class(code, message, hint === undefined ? {} : { hint });
}

/** The error of a request that its caller gave up. */
export const cancelled = (cause?: unknown): WorkerError =>
  new WorkerError("cancelled", "The request was cancelled.", {
    hint: "Nothing is wrong: ask again where the answer is still wanted.",
    cause,
  });
