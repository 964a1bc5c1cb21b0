import { readFileSync } from "node:fs";
import { backendChecks } from "@normflow/core/conformance";
import { afterAll, describe, it } from "vitest";
import { tfjs } from "./index.ts";

const vectors = readFileSync(new URL("../../core/fixtures/vectors/training.json", import.meta.url), "utf8");

for (const device of ["cpu", "wasm"] as const) {
  const backend = await tfjs({ device });
  afterAll(() => backend.dispose());

  // The kernel of wasm for log1p is that of ln(1 + x).
  const beyond = device === "wasm" ? ["digits next to 0"] : [];
  for (const [group, checks] of Object.entries(backendChecks(JSON.parse(vectors).cases)))
    describe.skipIf(beyond.includes(group))(`${group}, on ${device}`, () => {
      it.each(checks.map((check) => [check.name, check] as const))("%s", (_, { run }) => run(backend));
    });
}
