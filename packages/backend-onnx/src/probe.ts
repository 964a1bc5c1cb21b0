/**
 * Finds out which devices really run in Node.
 *
 * @module
 */
import { localHost } from "./host/local.ts";
import type { NodeProvider } from "./lowering/scope.ts";
import { probe } from "./probe-graph.ts";
import { remedies } from "./remedies.ts";

/** Whether a device runs; if not, why, and what to do about it. */
export interface DeviceReport {
  readonly name: "onnx";
  readonly device: NodeProvider;
  readonly ok: boolean;
  readonly reason?: string;
  readonly remedy?: string;
}

/** Says of each device whether it runs here, for `doctor`. */
export async function probeDevices(): Promise<readonly DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const device of ["cpu", "cuda", "webgpu"] as const) {
    try {
      const host = await localHost({ device, threads: 1 });
      await probe(host, device);
      await host.dispose();
      reports.push({ name: "onnx", device, ok: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      reports.push({ name: "onnx", device, ok: false, reason, remedy: remedies[device] });
    }
  }
  return reports;
}
