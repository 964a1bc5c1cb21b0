import { mul, trace } from "@normflow/core";
import { afterAll, describe, expect, it } from "vitest";
import { tfjs } from "./index.ts";

const backend = await tfjs({ device: "wasm" });
afterAll(() => backend.dispose());
const doubled = trace({ x: [2] }, ({ x }) => ({ y: mul(x, 2) }));

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
