import { defineConfig } from "vitest/config";

/** Tests of the packages as their users get them: built, packed, bundled, documented. */
export default defineConfig({
  test: { name: "packages", include: ["*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 },
});
