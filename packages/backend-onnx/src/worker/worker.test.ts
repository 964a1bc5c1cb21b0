import { add, matmul, type Tensor, tanh, trace } from "@normflow/core";
import { describe, expect, it } from "vitest";
import { onnx } from "../index.ts";
import { workerIsBuilt } from "./host.ts";

const SIDE = 512;
const ROUNDS = 60;

/** Heavy enough that one run takes a good part of a second. */
const heavy = trace({ x: [SIDE, SIDE] }, ({ x }) => {
  let y: Tensor = x;
  for (let i = 0; i < ROUNDS; i++) y = tanh(matmul(y, x));
  return { y };
});
const x = { data: Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i) / SIDE), shape: [SIDE, SIDE] };

if (!workerIsBuilt()) console.log("Skipped: runs in a worker thread, whose entry is not built (npm run build).");

describe.skipIf(!workerIsBuilt())("a worker thread", () => {
  it("leaves this thread free during a run, and gives the same numbers", async () => {
    const [far, near] = await Promise.all([onnx({ threads: 1, worker: true }), onnx({ threads: 1 })]);
    const [remote, local] = await Promise.all([far.compile(heavy), near.compile(heavy)]);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const { y } = await remote.run({ x });
    clearInterval(timer);
    // On this thread the run would allow none: ONNX Runtime computes in one synchronous call.
    expect(turns).toBeGreaterThan(10);
    expect([...y!.data]).toEqual([...(await local.run({ x })).y!.data]);
    await Promise.all([far.dispose(), near.dispose()]);
  });

  it("keeps resident values on its side, and takes none of the caller's memory", async () => {
    const backend = await onnx({ threads: 1, worker: true });
    const graph = trace({ s: [2], x: [2] }, ({ s, x }) => ({ next: add(s, x) }));
    const executable = await backend.compile(graph, { resident: ["s"], carry: { next: "s" } });
    const given = { data: Float32Array.of(1, 2), shape: [2] };
    await executable.put({ s: given });
    await executable.run({ x: given });
    await executable.run({ x: given });
    expect([...given.data]).toEqual([1, 2]);
    expect([...(await executable.get(["s"])).s!.data]).toEqual([3, 6]);
    await backend.dispose();
  });

  it("answers with the errors of the runtime, and after dispose with one that says so", async () => {
    const backend = await onnx({ threads: 1, worker: true });
    const executable = await backend.compile(heavy);
    await expect(executable.run({ x: { data: new Float32Array(4), shape: [2, 2] } })).rejects.toMatchObject({
      name: "ShapeError",
    });
    const running = executable.run({ x });
    await backend.dispose();
    await expect(running.then(() => executable.run({ x }))).rejects.toMatchObject({ code: "disposed" });
  });
});
