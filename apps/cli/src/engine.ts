/**
 * The backend that a command asks for.
 *
 * @module
 */
import { js } from "@normflow/backend-js";
import { onnx } from "@normflow/backend-onnx";
import { type Backend, BackendError, reference } from "@normflow/core";
import { UsageError } from "./io.ts";

/** How a command chooses its backend. */
export interface EngineOptions {
  readonly backend?: string;
  readonly device?: string;
  readonly threads?: number;
}

/** The devices of the ONNX backend. */
export const DEVICES = ["cpu", "cuda", "webgpu"] as const;

/**
 * Opens the backend asked for; without a wish, ONNX Runtime on the CPU.
 * @throws {BackendError} where it does not run here, with the remedy
 */
export async function openBackend({ backend = "onnx", device = "cpu", threads }: EngineOptions): Promise<Backend> {
  if (backend === "js") return js();
  if (backend === "reference") return reference();
  if (backend !== "onnx")
    throw new UsageError("unknown-backend", `There is no backend "${backend}".`, {
      hint: "Use onnx, js or reference; flowctl doctor shows what runs here.",
    });
  const known = DEVICES.find((d) => d === device);
  if (!known)
    throw new UsageError("unknown-device", `There is no device "${device}".`, {
      hint: `Use one of ${DEVICES.join(", ")}.`,
    });
  try {
    return await onnx({ device: known, ...(threads === undefined ? {} : { threads }) });
  } catch (cause) {
    if (cause instanceof BackendError) throw cause;
    throw new BackendError("onnx-unavailable", "ONNX Runtime does not start on this machine.", {
      hint: "Use --backend js, which runs anywhere and is slower.",
      cause,
    });
  }
}
