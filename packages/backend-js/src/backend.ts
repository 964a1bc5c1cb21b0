/**
 * The backend: float32 typed arrays on one thread, in any page and any process.
 *
 * @module
 */
import { type Backend, BackendError } from "@normflow/core";
import { JsExecutable } from "./executable.ts";
import { prepare } from "./passes/prepare.ts";

/**
 * Makes the backend that needs nothing: no dependency, no code generation, no thread, no device.
 *
 * A graph is planned for the sizes it meets: one arena of float32, views where nothing has to move, loops that carry
 * their values in place. What `run` returns belongs to the caller.
 *
 * @example const backend = js();
 */
export function js(): Backend {
  const open = new Set<JsExecutable>();
  let disposed = false;
  return {
    name: "js",
    device: "cpu",
    precision: "float32",
    describe: () => "js: cpu, 1 thread",
    async compile(graph, options = {}) {
      if (disposed)
        throw new BackendError("disposed", "js: this backend was disposed.", { hint: "Open another with js()." });
      const executable = new JsExecutable(prepare(graph), options, () => void open.delete(executable));
      open.add(executable);
      return executable;
    },
    async dispose() {
      disposed = true;
      for (const executable of [...open]) await executable.dispose();
    },
  };
}
