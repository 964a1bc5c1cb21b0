import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { projects: ["packages/*", "apps/*", "conformance", "examples", "tests"], maxWorkers: 2 },
});
