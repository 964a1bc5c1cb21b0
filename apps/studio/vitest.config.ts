import { defineConfig, mergeConfig } from "vitest/config";
import { project } from "../../vitest.base.ts";

/** Tests beside the source run in Node; those in `tests/` drive the built studio in Chromium. */
export default mergeConfig(
  project("@normflow/studio"),
  defineConfig({
    test: {
      include: ["tests/**/*.test.ts"],
      globalSetup: "tests/global-setup.ts",
      testTimeout: 120_000,
      // The first test of a run that needs the studio builds it.
      hookTimeout: 240_000,
    },
  }),
);
