/**
 * The backend: ONNX Runtime on the first device that really runs.
 *
 * @module
 */
import { type Backend, BackendError, OptionError } from "@normflow/core";
import { threadCount } from "./device.ts";
import { backendOf } from "./host/backend-of.ts";
import type { Host } from "./host/host.ts";
import { localHost } from "./host/local.ts";
import type { NodeProvider } from "./lowering/scope.ts";
import { probed } from "./probe-graph.ts";
import { remedies } from "./remedies.ts";
import { workerHost } from "./worker/host.ts";

/** How `onnx` runs graphs. */
export interface OnnxOptions {
  /**
   * `cpu` unless said otherwise. `auto` takes CUDA where it runs, else the CPU; WebGPU only by name, since loops run on
   * the CPU there, step by step.
   */
  readonly device?: NodeProvider | "auto";
  /** Threads of the CPU; as many as there are processors unless said otherwise. */
  readonly threads?: number;
  /** Runs in a worker thread, so that a run does not hold up this one. */
  readonly worker?: boolean;
  /**
   * Whether memory that a run has freed goes back at once, instead of into a pool that grows by leaps: a lower peak, some
   * per cent of the speed; false unless said otherwise.
   */
  readonly lean?: boolean;
}

const DEVICES: readonly string[] = ["cpu", "cuda", "webgpu", "auto"];

/**
 * Opens ONNX Runtime, having run a small graph to see that it works.
 *
 * @throws {BackendError} `device-unavailable` where the device asked for does not run, with what to do about it
 */
export async function onnx(options: OnnxOptions = {}): Promise<Backend> {
  const { device = "cpu", worker = false, lean = false } = options;
  const threads = threadCount(options.threads);
  if (!DEVICES.includes(device))
    throw new OptionError("device", `onnx: there is no device ${device}.`, {
      hint: `Choose one of ${DEVICES.join(", ")}; pages have onnxWeb of @normflow/backend-onnx/web.`,
    });
  const candidates: readonly NodeProvider[] = device === "auto" ? ["cuda", "cpu"] : [device];
  const failures: unknown[] = [];
  for (const candidate of candidates) {
    let host: Host | undefined;
    try {
      host = await (worker ? workerHost : localHost)({ device: candidate, threads, lean });
      const small = await probed(host, candidate);
      // The shaders that WebGPU has compiled go with its last InferenceSession: one stays open.
      if (candidate === "webgpu") return backendOf(host, candidate, threads, [small]);
      await small.dispose();
      return backendOf(host, candidate, threads);
    } catch (error) {
      await host?.dispose();
      if (error instanceof BackendError && error.code === "worker-missing") throw error;
      failures.push(error);
    }
  }
  const cause = failures.at(-1);
  const wanted = candidates.at(-1)!;
  throw new BackendError(
    "device-unavailable",
    `onnx: ${wanted} does not run here: ${cause instanceof Error ? cause.message : String(cause)}`,
    { hint: remedies[wanted], cause },
  );
}
