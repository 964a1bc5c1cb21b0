/**
 * Sessions of ONNX Runtime in this thread of Node.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { BackendError } from "@normflow/core";
import type * as Ort from "onnxruntime-node";
import { cudaProvider, sessionOptions } from "../device.ts";
import { remedies } from "../remedies.ts";
import type { Host, HostOptions } from "./host.ts";
import { OrtProgram } from "./ort-program.ts";

async function loadRuntime(): Promise<typeof Ort> {
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    throw new BackendError("runtime-missing", "onnx: ONNX Runtime could not be loaded.", { hint: remedies.cpu, cause });
  }
}

/** @param detachable whether results are to lie in memory that can be transferred to another thread */
export async function localHost({ device, threads, lean = false }: HostOptions, detachable = false): Promise<Host> {
  const ort = await loadRuntime();
  ort.env.logLevel = "error";
  const runtime = {
    device,
    Tensor: ort.Tensor,
    async create(model: Uint8Array) {
      // ONNX Runtime would look for it by itself, and write to standard error when it finds nothing.
      if (device === "cuda" && !existsSync(cudaProvider()))
        throw new Error("the CUDA provider library of onnxruntime-node is not installed.");
      return ort.InferenceSession.create(model, sessionOptions(device, threads, lean));
    },
    // A carried value is written over the one before it; memory that ONNX Runtime has allocated cannot be handed to another thread.
    results: detachable ? ("own" as const) : ("carried" as const),
  };
  return {
    open: async () => new OrtProgram(runtime),
    dispose: async () => {},
  };
}
