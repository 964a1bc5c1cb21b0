/**
 * Sessions of onnxruntime-web.
 *
 * @module
 */
import { BackendError } from "@normflow/core";
import type * as Ort from "onnxruntime-web";
import type { Host } from "./host.ts";
import { OrtProgram, type OrtRuntime } from "./ort-program.ts";

/** How the runtime of a page starts. */
export interface WebHostOptions {
  readonly threads: number;
  readonly wasmPaths: string | { readonly wasm: string } | undefined;
}

async function loadRuntime(): Promise<typeof Ort> {
  try {
    return await import("onnxruntime-web/wasm");
  } catch (cause) {
    throw new BackendError("runtime-missing", "onnx: onnxruntime-web could not be loaded.", {
      hint: "Install it beside this package: npm install onnxruntime-web.",
      cause,
    });
  }
}

/** Does one thing after another: the runtime of a page is one, and refuses a second call during the first. */
function oneAtATime(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const result = last.then(action, action);
    last = result.catch(() => undefined);
    return result;
  };
}

const alone = oneAtATime();

/** Opens programs on the runtime of this page. */
export async function webHost({ threads, wasmPaths }: WebHostOptions): Promise<Host> {
  const ort = await loadRuntime();
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = threads;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  const runtime: OrtRuntime = {
    device: "wasm",
    Tensor: ort.Tensor as unknown as OrtRuntime["Tensor"],
    async create(model) {
      const session = await alone(() =>
        ort.InferenceSession.create(model, {
          executionProviders: ["wasm"],
          graphOptimizationLevel: "all",
          executionMode: "sequential",
          logSeverityLevel: 3,
        }),
      );
      return {
        run: (...given: Parameters<typeof session.run>) => alone(() => session.run(...given)),
        release: () => alone(() => session.release()),
      } as unknown as Awaited<ReturnType<OrtRuntime["create"]>>;
    },
    // The runtime computes in memory of its own and copies what is asked for.
    results: "none",
  };
  return { open: async () => new OrtProgram(runtime), dispose: async () => {} };
}
