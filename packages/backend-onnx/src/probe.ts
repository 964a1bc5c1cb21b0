/**
 * Finds out what really runs, by running it.
 *
 * @module
 */
import { add, BackendError, matmul, relu, sum, trace } from "@normflow/core";
import { remedies } from "./device.ts";
import { OnnxExecutable } from "./executable.ts";
import type { Host } from "./host/host.ts";
import { localHost } from "./host/local.ts";
import type { Provider } from "./lowering/scope.ts";
import { prepare } from "./passes/prepare.ts";

/** Whether a device runs; if not, why, and what to do about it. */
export interface DeviceReport {
  readonly name: "onnx";
  readonly device: Provider;
  readonly ok: boolean;
  readonly reason?: string;
  readonly remedy?: string;
}

const X = [1, -2, 3, 0.5, 4, -1];
const W = [0.5, -1, 2, 1.5, -0.25, 1];
/** Row sums of relu(x · w − 1), of the numbers above. */
const EXPECTED = [0, 11];

/** Runs a small graph on a host's device. @throws {BackendError} where it does not run or gives a wrong result */
export async function probe(host: Host, device: Provider): Promise<void> {
  const graph = trace({ x: [2, 3], w: [3, 2] }, ({ x, w }) => ({ y: sum(relu(add(matmul(x, w), -1)), 1) }));
  const executable = new OnnxExecutable(prepare(graph), {}, device, await host.open());
  try {
    const { y } = await executable.run({
      x: { data: Float32Array.from(X), shape: [2, 3] },
      w: { data: Float32Array.from(W), shape: [3, 2] },
    });
    if (!EXPECTED.every((v, i) => Math.abs(v - y!.data[i]!) < 1e-4))
      throw new BackendError(
        "wrong-result",
        `onnx: ${device} computed [${y!.data.join(", ")}] where [${EXPECTED.join(", ")}] is right.`,
      );
  } finally {
    await executable.dispose();
  }
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
