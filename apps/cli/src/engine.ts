/**
 * The backend that a command asks for.
 *
 * @module
 */
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import { tfjs } from "@normflow/backend-tfjs";
import { type Backend, BackendError, reference } from "@normflow/core";
import { UsageError } from "./io.ts";

/** How a command chooses its backend. */
export interface EngineOptions {
  readonly backend?: string;
  readonly threads?: number;
}

/** The backends by name; `onnx` is `onnx:cpu`, `tfjs` the best device of TensorFlow.js that runs. */
export const BACKENDS = [
  "onnx",
  "onnx:cpu",
  "onnx:cuda",
  "onnx:webgpu",
  "js",
  "tfjs",
  "tfjs:wasm",
  "tfjs:cpu",
  "tfjs:node",
  "tfjs:node-gpu",
  "reference",
] as const;

type OnnxOptions = NonNullable<Parameters<typeof onnx>[0]>;

type TfjsDevice = "wasm" | "cpu" | "node" | "node-gpu";

/** Whether a name is that of an engine, alone or with a device. */
const isOf = (engine: string, name: string): boolean => name === engine || name.startsWith(`${engine}:`);

/** In a worker thread, so that signals and progress come through; where that is not built, on this one. */
async function openOnnx(options: OnnxOptions): Promise<Backend> {
  try {
    return await onnx({ ...options, worker: true });
  } catch (error) {
    if (error instanceof BackendError && error.code === "worker-missing") return onnx(options);
    throw error;
  }
}

/**
 * Opens the backend asked for; without a wish, ONNX Runtime on the CPU.
 * @throws {BackendError} where it does not run here, with the remedy
 */
export async function openBackend({ backend = "onnx", threads }: EngineOptions): Promise<Backend> {
  const known = BACKENDS.find((name) => name === backend);
  if (!known)
    throw new UsageError("unknown-backend", `There is no backend "${backend}".`, {
      hint: `Use one of ${BACKENDS.join(", ")}; flowctl doctor shows what runs here.`,
    });
  if (!isOf("onnx", known)) {
    if (threads !== undefined && threads > 1)
      throw new UsageError(
        "threads",
        known.startsWith("tfjs")
          ? "TensorFlow.js chooses its threads by itself."
          : `The ${known} backend has one thread.`,
        { hint: "Leave --threads away." },
      );
    if (isOf("tfjs", known))
      return tfjs({ device: known === "tfjs" ? "auto" : (known.slice("tfjs:".length) as TfjsDevice) });
    return known === "js" ? js() : reference();
  }
  const device = known === "onnx" ? "cpu" : (known.slice("onnx:".length) as "cpu" | "cuda" | "webgpu");
  try {
    return await openOnnx({ device, ...(threads === undefined ? {} : { threads }) });
  } catch (cause) {
    if (cause instanceof BackendError) throw cause;
    throw new BackendError("onnx-unavailable", "ONNX Runtime does not start on this machine.", {
      hint: "Use --backend js, which runs anywhere and is slower.",
      cause,
    });
  }
}
