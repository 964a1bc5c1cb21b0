/**
 * A worker of the page as a port for messages.
 *
 * @module
 */
import type { Port } from "@normflow/core";

/** What is needed of a Worker. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "error" | "messageerror", listener: (event: unknown) => void): void;
  terminate(): void;
}

/** The port of a worker; it ends when the worker throws or sends what cannot be read. */
export const portOf = (worker: WorkerLike): Port => ({
  postMessage: (message, transfer = []) => worker.postMessage(message, transfer),
  onMessage: (listener) => worker.addEventListener("message", ({ data }) => listener(data)),
  onEnd: (listener) => {
    worker.addEventListener("error", listener);
    worker.addEventListener("messageerror", listener);
  },
});
