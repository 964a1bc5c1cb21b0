/**
 * The backend: TensorFlow.js on the first device that really runs.
 *
 * @module
 */
import { type Backend, BackendError, OptionError } from "@normflow/core";
import { candidates } from "./engine/candidates.ts";
import { DEVICES, type Device, type Engine } from "./engine/device.ts";
import { type Import, importByName, startEngine, unavailable } from "./engine/find.ts";
import { usesGpu } from "./engine/native.ts";
import { TfjsExecutable } from "./executable.ts";
import { prepare } from "./passes/prepare.ts";
import type { TensorFlowModule } from "./tensorflow.ts";

/** How `tfjs` runs graphs. */
export interface TfjsOptions {
  /**
   * `auto` unless said otherwise: the best that runs, in Node of node-gpu (where it computes on the GPU), node, wasm
   * and cpu, in a page of webgl (where a GPU draws), wasm, webgl and cpu. WebGPU by name only.
   */
  readonly device?: Device | "auto";
  /**
   * TensorFlow.js itself with the backends that were imported beside it, for pages, whose bundler must see the import.
   * Without it the packages are looked for at run time.
   */
  readonly tf?: TensorFlowModule;
}

/**
 * Opens TensorFlow.js, having run a small graph to see that it works. It is used for its forward kernels only.
 *
 * @throws {BackendError} `device-unavailable` where the device asked for does not run or is not what its name says
 * (a GPU binding without CUDA computes on the CPU), with what to do about it
 * @throws {OptionError} `device` for a name that is none
 * @example const backend = await tfjs({ device: "wasm" });
 */
export const tfjs = (options: TfjsOptions = {}): Promise<Backend> => openTfjs(options, importByName);

/** `tfjs` with packages from `load`. */
export async function openTfjs({ device = "auto", tf }: TfjsOptions, load: Import): Promise<Backend> {
  if (device !== "auto") {
    if (!DEVICES.includes(device))
      throw new OptionError("device", `tfjs: there is no device ${device}.`, {
        hint: `Choose one of ${DEVICES.join(", ")}, auto.`,
      });
    const engine = await startEngine(device, tf, load);
    if (device === "node-gpu" && !usesGpu(engine.tf, engine.backend))
      throw unavailable(device, "the binding found no CUDA and computes on the CPU.");
    return backendOf(engine);
  }
  const failures: string[] = [];
  for (const { device: candidate, accepts } of candidates()) {
    try {
      const engine = await startEngine(candidate, tf, load);
      if (accepts(engine)) return backendOf(engine);
      failures.push(`${candidate}: it is ${engine.label}`);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new BackendError("device-unavailable", `tfjs: no device runs here. ${failures.join(" ")}`, {
    hint: "npm install @tensorflow/tfjs-core@4 @tensorflow/tfjs-backend-wasm@4; in a page, import both and pass the first as tf.",
  });
}

function backendOf(engine: Engine): Backend {
  const open = new Set<TfjsExecutable>();
  let disposed = false;
  return {
    name: "tfjs",
    device: engine.device,
    precision: "float32",
    describe: () => `tfjs: ${engine.label}`,
    async compile(graph, options = {}) {
      if (disposed)
        throw new BackendError("disposed", "tfjs: this backend was disposed.", { hint: "Open another with tfjs()." });
      const executable = new TfjsExecutable(prepare(graph), options, engine, () => void open.delete(executable));
      open.add(executable);
      return executable;
    },
    async dispose() {
      disposed = true;
      for (const executable of [...open]) await executable.dispose();
    },
  };
}
