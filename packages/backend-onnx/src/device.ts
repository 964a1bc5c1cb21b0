/**
 * What Node knows of devices.
 *
 * @module
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { OptionError } from "@normflow/core";
import type { InferenceSession } from "onnxruntime-node";
import type { Provider } from "./lowering/scope.ts";

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
    throw new OptionError("threads", `onnx: threads must be a whole number from 1, not ${threads}.`, {
      hint: "Leave threads out to use every core.",
    });
  return threads;
}

/** Options of a session on a device. Threads are always set: in a container ONNX Runtime counts those of the host. */
export const sessionOptions = (device: Provider, threads: number, lean = false): InferenceSession.SessionOptions => ({
  executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
  graphOptimizationLevel: "all",
  executionMode: "sequential",
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  enableCpuMemArena: !lean,
  enableMemPattern: !lean,
  logSeverityLevel: 3,
});
