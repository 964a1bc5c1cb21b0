/**
 * ONNX Runtime in a page: onnxruntime-web, compiled to WebAssembly.
 *
 * This entry takes nothing from Node.
 *
 * @module
 */
import { type Backend, BackendError, OptionError } from "@normflow/core";
import { backendOf } from "./host/backend-of.ts";
import type { Host } from "./host/host.ts";
import { webHost } from "./host/web.ts";
import { probe } from "./probe-graph.ts";
import { remedies } from "./remedies.ts";

/** How `onnxWeb` runs graphs. */
export interface OnnxWebOptions {
  /**
   * Threads. One unless said otherwise, since more need a page that is isolated (`crossOriginIsolated`). The number is that
   * of the first backend of a page: the runtime is started once.
   */
  readonly threads?: number;
  /**
   * Where the `.wasm` file of onnxruntime-web lies, as an address that ends in `/`, or the address of the file. Without it
   * it is taken from beside the script, where bundlers put it.
   */
  readonly wasmPaths?: string | { readonly wasm: string };
}

/**
 * Opens ONNX Runtime in a page or a worker of one, having run a small graph to see that it works:
 * `const backend = await onnxWeb()` gives "onnx: wasm, 1 thread".
 *
 * @throws {BackendError} `runtime-missing` where onnxruntime-web is not installed, `device-unavailable` where it does not run
 * @throws {OptionError} `threads` where that is no positive whole number, or more than one in a page that is not isolated
 */
export async function onnxWeb({ threads = 1, wasmPaths }: OnnxWebOptions = {}): Promise<Backend> {
  if (!Number.isInteger(threads) || threads < 1)
    throw new OptionError("threads", `onnx: threads must be a whole number from 1, not ${threads}.`, {
      hint: "Leave threads out to use every core.",
    });
  if (threads > 1 && !(globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated)
    throw new OptionError("threads", "onnx: several threads need a page that is cross-origin isolated.", {
      hint: "Serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or take one thread.",
    });
  let host: Host | undefined;
  try {
    host = await webHost({ threads, wasmPaths });
    await probe(host, "wasm");
    return backendOf(host, "wasm", threads);
  } catch (cause) {
    await host?.dispose();
    if (cause instanceof BackendError && cause.code === "runtime-missing") throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BackendError("device-unavailable", `onnx: wasm does not run here: ${reason}`, {
      hint: remedies.wasm,
      cause,
    });
  }
}
