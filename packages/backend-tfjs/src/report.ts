/**
 * Says of each device whether it runs, for `doctor`.
 *
 * @module
 */
import { FlowError } from "@normflow/core";
import { openTfjs } from "./backend.ts";
import type { Device } from "./engine/device.ts";
import { type Import, importByName } from "./engine/find.ts";

/** Whether a device runs; if not, why, and what to do about it. */
export interface DeviceReport {
  readonly name: "tfjs";
  readonly device: Device;
  readonly ok: boolean;
  /** What it really runs on. */
  readonly detail?: string;
  readonly reason?: string;
  readonly remedy?: string;
}

/** Tries the devices that a process without a page can have. */
export async function probeTfjs(load: Import = importByName): Promise<readonly DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const device of ["wasm", "cpu", "node", "node-gpu"] as const) {
    try {
      const backend = await openTfjs({ device }, load);
      reports.push({ name: "tfjs", device, ok: true, detail: backend.describe().replace(/^tfjs: /, "") });
      await backend.dispose();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof FlowError ? error.hint : undefined;
      reports.push({ name: "tfjs", device, ok: false, reason, ...(remedy === undefined ? {} : { remedy }) });
    }
  }
  return reports;
}
