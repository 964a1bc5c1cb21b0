import { defineConfig } from "vitest/config";

/** The quick pages of the guide; with NORMFLOW_SLOW=1 all of them. */
export default defineConfig({
  test: { name: "@normflow/guide", include: ["*.test.ts"], testTimeout: 3_600_000 },
});
