import { readFileSync } from "node:fs";
import { backendChecks } from "@normflow/core/conformance";
import { describe, it } from "vitest";
import { js } from "./index.ts";

const vectors = readFileSync(new URL("../../core/fixtures/vectors/training.json", import.meta.url), "utf8");
const backend = js();

for (const [group, checks] of Object.entries(backendChecks(JSON.parse(vectors).cases)))
  describe(group, () => {
    it.each(checks.map((check) => [check.name, check] as const))("%s", (_, { run }) => run(backend));
  });
