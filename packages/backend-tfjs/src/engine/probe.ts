/**
 * Finds out whether a device computes, by letting it.
 *
 * @module
 */
import { add, BackendError, matmul, relu, sum, trace } from "@normflow/core";
import { TfjsExecutable } from "../executable.ts";
import { prepare } from "../passes/prepare.ts";
import type { Engine } from "./device.ts";

const X = [1, -2, 3, 0.5, 4, -1];
const W = [0.5, -1, 2, 1.5, -0.25, 1];
/** Row sums of relu(x · w − 1), of the numbers above. */
const EXPECTED = [0, 11];

/** Runs a small graph. @throws {BackendError} where it does not run or gives a wrong result */
export async function probe(engine: Engine): Promise<void> {
  const graph = trace({ x: [2, 3], w: [3, 2] }, ({ x, w }) => ({ y: sum(relu(add(matmul(x, w), -1)), 1) }));
  const executable = new TfjsExecutable(prepare(graph), {}, engine);
  try {
    const { y } = await executable.run({
      x: { data: Float32Array.from(X), shape: [2, 3] },
      w: { data: Float32Array.from(W), shape: [3, 2] },
    });
    if (!EXPECTED.every((v, i) => Math.abs(v - y!.data[i]!) < 1e-3))
      throw new BackendError(
        "wrong-result",
        `tfjs: ${engine.device} computed [${y!.data.join(", ")}] where [${EXPECTED.join(", ")}] is right.`,
        { hint: "Take another device; its driver may need an update." },
      );
  } finally {
    await executable.dispose();
  }
}
