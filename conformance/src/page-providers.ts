/**
 * The providers that run in a page, one entry each. Each brings its package along only when it is opened.
 *
 * @module
 */
import { absent, type Provider } from "./provider.ts";

export const pageProviders: readonly Provider[] = [
  { id: "js-chromium", title: "js, Chromium", open: async () => (await import("@normflow/backend-js")).js() },
  {
    id: "onnx-wasm-chromium",
    title: "onnx: wasm, Chromium",
    open: async () => (await import("@normflow/backend-onnx/web")).onnxWeb(),
  },
  {
    id: "tfjs-webgl-chromium",
    title: "tfjs: webgl, Chromium",
    slow: true,
    open: async () => {
      const { open } = await import("virtual:tfjs");
      if (!open) throw absent("@normflow/backend-tfjs");
      return open("webgl");
    },
  },
];
