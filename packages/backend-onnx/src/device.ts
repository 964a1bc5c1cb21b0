/**
 * Devices by name, and what to do where one does not run.
 *
 * @module
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { OptionError } from "@normflow/core";
import type { InferenceSession } from "onnxruntime-node";
import type { Provider } from "./lowering/scope.ts";

/** How each device is made to run, as a sentence. */
export const remedies: Readonly<Record<Provider, string>> = {
  cpu: "Reinstall onnxruntime-node for this platform: npm rebuild onnxruntime-node.",
  cuda: "Install CUDA 12 and cuDNN 9, then the provider library: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node --ignore-scripts=false.",
  wasm: "Use it in a browser: @normflow/backend-onnx/web.",
  webgpu:
    "Install a Vulkan, Metal or Direct3D 12 driver; without a GPU, point VK_ICD_FILENAMES at a software driver such as the vk_swiftshader_icd.json that comes with Chromium, and let LD_LIBRARY_PATH find libvulkan.so.1.",
};

/** The file in which onnxruntime-node keeps its CUDA provider once that is installed. */
export function cudaProvider(): string {
  const root = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  const library = process.platform === "win32" ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so";
  return join(root, "bin", "napi-v6", process.platform, process.arch, library);
}

/** The number of threads asked for, or that of the processors available. */
export function threadCount(threads: number | undefined): number {
  if (threads === undefined) return availableParallelism();
  if (!Number.isInteger(threads) || threads < 1)
    throw new OptionError("threads", `onnx: threads must be a whole number from 1, not ${threads}.`);
  return threads;
}

/** Options of a session on a device. Threads are always set: in a container ONNX Runtime counts those of the host. */
export const sessionOptions = (device: Provider, threads: number): InferenceSession.SessionOptions => ({
  executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
  graphOptimizationLevel: "all",
  executionMode: "sequential",
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
});
