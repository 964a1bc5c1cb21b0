/**
 * A backend of a host.
 *
 * @module
 */
import type { Backend } from "@normflow/core";
import { OnnxExecutable } from "../executable.ts";
import type { Provider } from "../lowering/scope.ts";
import { prepare } from "../passes/prepare.ts";
import type { Host } from "./host.ts";

/**
 * Compiles graphs into programs of a host.
 * @param kept executables that stay open as long as the backend
 */
export function backendOf(
  host: Host,
  device: Provider,
  threads: number,
  kept: readonly OnnxExecutable[] = [],
): Backend {
  const open = new Set<OnnxExecutable>(kept);
  return {
    name: "onnx",
    device,
    precision: "float32",
    describe: () =>
      `onnx: ${device}${device === "cpu" || device === "wasm" ? `, ${threads} thread${threads === 1 ? "" : "s"}` : ""}`,
    async compile(graph, options = {}) {
      const program = await host.open();
      const executable = new OnnxExecutable(
        prepare(graph),
        options,
        device,
        program,
        () => void open.delete(executable),
      );
      open.add(executable);
      try {
        await executable.warm();
      } catch (error) {
        await executable.dispose();
        throw error;
      }
      return executable;
    },
    async dispose() {
      for (const executable of [...open]) await executable.dispose();
      await host.dispose();
    },
  };
}
