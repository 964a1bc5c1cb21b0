import { mul, trace } from "@normflow/core";
import { describe, expect, it } from "vitest";
import { js } from "./index.ts";

const backend = js();
const doubled = trace({ x: [2] }, ({ x }) => ({ y: mul(x, 2) }));

describe("the backend", () => {
  it("says what it is", () => {
    expect([backend.name, backend.device, backend.precision, backend.describe()]).toEqual([
      "js",
      "cpu",
      "float32",
      "js: cpu, 1 thread",
    ]);
  });

  it("disposes of what it compiled, and says so", async () => {
    const own = js();
    const executable = await own.compile(doubled);
    await own.dispose();
    await expect(executable.run({})).rejects.toMatchObject({ code: "disposed" });
    await expect(own.compile(doubled)).rejects.toMatchObject({ code: "disposed" });
  });
});
