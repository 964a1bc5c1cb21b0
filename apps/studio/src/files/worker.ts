/**
 * Reads dropped files beside the page: a book of tunes takes longer than a screen may stand still.
 *
 * @module
 */
import { serve } from "@normflow/core";
import { type Dropped, readDropped } from "./import.ts";

/** What the worker is asked. */
export interface FileRequests {
  read: { readonly payload: { readonly name: string; readonly bytes: Uint8Array }; readonly result: Dropped };
}

/** What this file needs of a worker's global scope, whose types cannot be had beside those of a page. */
interface WorkerScope {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
}

const scope = globalThis as unknown as WorkerScope;

serve<FileRequests>(
  {
    postMessage: (message, transfer) => scope.postMessage(message, transfer),
    onMessage: (listener) => scope.addEventListener("message", ({ data }) => listener(data)),
  },
  { read: ({ name, bytes }) => readDropped(name, bytes) },
);
