/**
 * The melody service in a worker of the page, on plain JavaScript.
 *
 * @module
 */
import { js } from "@normflow/backend-js";
import { serveMelodies } from "@normflow/music";

declare const self: {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
};

serveMelodies(
  {
    postMessage: (message, transfer) => self.postMessage(message, transfer ?? []),
    onMessage: (listener) => self.addEventListener("message", ({ data }) => listener(data)),
  },
  { backend: js() },
);
