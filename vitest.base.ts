import { defineConfig, type ViteUserConfig } from "vitest/config";

/** The vitest project of one package: tests beside the source, workspace packages taken from their source. */
export function project(name: string): ViteUserConfig {
  const conditions = ["@normflow/source"];
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions }, noExternal: [/^@normflow\//] },
    test: { name, include: ["src/**/*.test.ts"], testTimeout: 60_000 },
  });
}
