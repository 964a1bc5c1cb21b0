import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { projects: ["packages/*", "apps/*", "conformance", "docs/guide", "examples", "tests"], maxWorkers: 2 },
});
