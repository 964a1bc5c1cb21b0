/**
 * The worker of the page: answers what the studio asks of the melody model.
 *
 * @module
 */
import { js } from "@normflow/backend-js";
import { serveMelodies } from "@normflow/music";

/** What this file needs of a worker's global scope, whose types cannot be had beside those of a page. */
interface WorkerScope {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
}

const scope = globalThis as unknown as WorkerScope;

serveMelodies(
  {
    postMessage: (message, transfer) => scope.postMessage(message, transfer),
    onMessage: (listener) => scope.addEventListener("message", ({ data }) => listener(data)),
  },
  { backend: js() },
);
