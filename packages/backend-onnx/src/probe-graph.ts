/**
 * A small graph that shows whether a device computes.
 *
 * @module
 */
import { add, BackendError, matmul, relu, sum, trace } from "@normflow/core";
import { OnnxExecutable } from "./executable.ts";
import type { Host } from "./host/host.ts";
import type { Provider } from "./lowering/scope.ts";
import { prepare } from "./passes/prepare.ts";

const X = [1, -2, 3, 0.5, 4, -1];
const W = [0.5, -1, 2, 1.5, -0.25, 1];
/** Row sums of relu(x · w − 1), of the numbers above. */
const EXPECTED = [0, 11];

/**
 * Runs a small graph on a host's device, and leaves it open.
 * @throws {BackendError} where it does not run or gives a wrong result
 */
export async function probed(host: Host, device: Provider): Promise<OnnxExecutable> {
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
        { hint: "Take another device; its driver may need an update." },
      );
    return executable;
  } catch (error) {
    await executable.dispose();
    throw error;
  }
}

/** Runs a small graph on a host's device. @throws {BackendError} as `probed` does */
export const probe = async (host: Host, device: Provider): Promise<void> => (await probed(host, device)).dispose();
