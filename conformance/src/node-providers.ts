/**
 * The providers that run in Node, one entry each.
 *
 * @module
 */
import { type Backend, reference } from "@normflow/core";
import { absent, type Provider } from "./provider.ts";

/** TensorFlow.js on a device, where the package is there: the compiler must not look for it. */
async function tfjs(device: string): Promise<Backend> {
  const name = "@normflow/backend-tfjs";
  let module: { readonly tfjs: (options: { readonly device: string }) => Promise<Backend> };
  try {
    module = await import(name);
  } catch {
    throw absent(name);
  }
  return module.tfjs({ device });
}

const onnx = async (device: "cpu" | "cuda" | "webgpu"): Promise<Backend> =>
  (await import("@normflow/backend-onnx")).onnx({ device, threads: 1 });

export const nodeProviders: readonly Provider[] = [
  { id: "reference", title: "reference", open: async () => reference() },
  { id: "js", title: "js", open: async () => (await import("@normflow/backend-js")).js() },
  { id: "onnx-cpu", title: "onnx: cpu", open: () => onnx("cpu") },
  { id: "onnx-cuda", title: "onnx: cuda", open: () => onnx("cuda") },
  { id: "onnx-webgpu", title: "onnx: webgpu", open: () => onnx("webgpu") },
  { id: "tfjs-cpu", title: "tfjs: cpu", open: () => tfjs("cpu") },
  { id: "tfjs-wasm", title: "tfjs: wasm", open: () => tfjs("wasm") },
];
