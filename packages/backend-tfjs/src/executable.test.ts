import { mul, trace } from "@normflow/core";
import { contractCases } from "@normflow/core/conformance";
import { afterAll, describe, expect, it } from "vitest";
import { tfjs } from "./index.ts";

const backend = await tfjs({ device: "wasm" });
const plain = await tfjs({ device: "cpu" });
afterAll(async () => {
  await backend.dispose();
  await plain.dispose();
});
const doubled = trace({ x: [2] }, ({ x }) => ({ y: mul(x, 2) }));

describe.each([
  ["wasm", backend],
  ["cpu", plain],
] as const)("the contract of a backend, on %s", (_, on) => {
  it.each(contractCases.map((c) => [c.name, c] as const))("%s", async (_name, { run }) => run(on));
});

describe("the backend", () => {
  it("says what it is", () => {
    expect([backend.name, backend.device, backend.precision]).toEqual(["tfjs", "wasm", "float32"]);
    expect(backend.describe()).toMatch(/^tfjs: wasm, (no )?SIMD, (1 thread|threads)$/);
  });

  it("disposes of what it compiled, and says so", async () => {
    const own = await tfjs({ device: "wasm" });
    const executable = await own.compile(doubled);
    await own.dispose();
    await expect(executable.run({})).rejects.toMatchObject({ code: "disposed" });
    await expect(own.compile(doubled)).rejects.toMatchObject({ code: "disposed" });
  });
});
