import { defineConfig, mergeConfig } from "vitest/config";
import { project } from "../vitest.base.ts";

export default mergeConfig(
  project("@normflow/examples"),
  defineConfig({ test: { include: ["tests/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 } }),
);
