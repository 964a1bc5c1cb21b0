import { readFileSync } from "node:fs";
import { backendChecks } from "@normflow/core/conformance";
import { afterAll, describe, it } from "vitest";
import { onnx, probeDevices } from "./index.ts";

const vectors = readFileSync(new URL("../../core/fixtures/vectors/training.json", import.meta.url), "utf8");

for (const { device, ok, reason } of await probeDevices()) {
  if (!ok) console.log(`Skipped: conformance on ${device}. ${reason}`);
  const backend = ok ? await onnx({ device, threads: 1 }) : undefined;
  afterAll(() => backend?.dispose());

  // On WebGPU a shader may take infinities and NaN for absent, and functions are as exact as 1, not as their values, is large.
  const beyond = device === "webgpu" ? ["numbers at the edge", "digits next to 0"] : [];
  for (const [group, checks] of Object.entries(backendChecks(JSON.parse(vectors).cases)))
    describe.skipIf(!backend || beyond.includes(group))(`${group}, on ${device}`, () => {
      it.each(checks.map((check) => [check.name, check] as const))("%s", (_, { run }) => run(backend!));
    });
}
