/**
 * Sessions in a worker thread, behind the same interface as those of this one.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { BackendError, type Client, connect } from "@normflow/core";
import type { Float32Values, Host, HostOptions, Program, Values } from "../host/host.ts";
import { memoryOf, type Requests } from "./messages.ts";

/** Workers run built files only: seen from `src` as from `dist`, the entry lies in `dist`. */
const entry = new URL("../../dist/worker/entry.js", import.meta.url);

/** Whether the worker's entry has been built. */
export const workerIsBuilt = (): boolean => existsSync(fileURLToPath(entry));

const crashed = (cause: unknown): BackendError =>
  new BackendError(
    "worker-crashed",
    "onnx: the worker thread ended; its programs and their resident values are gone.",
    {
      hint: "Compile again: that starts a new worker.",
      cause,
    },
  );

/** Values whose memory can be given away: the caller keeps its own. */
const copied = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, { data, shape }]): [string, Float32Values] => [
      name,
      { data: data.slice(), shape },
    ]),
  );

/** A worker, and the requests to it. */
interface Connection extends Client<Requests> {
  terminate(): Promise<void>;
}

function start(options: HostOptions): Connection {
  // Built files take built packages, whatever conditions this process resolves by.
  const worker = new Worker(entry, { workerData: options, execArgv: [] });
  const client = connect<Requests>(
    {
      postMessage: (message, transfer) => worker.postMessage(message, transfer),
      onMessage: (listener) => void worker.on("message", listener),
      onEnd(listener) {
        worker.on("error", listener);
        worker.on("exit", (code) => listener(new Error(`exit code ${code}`)));
      },
    },
    {
      ended: crashed,
      // A worker at work keeps the process alive, an idle one does not.
      onBusy: (busy) => (busy ? worker.ref() : worker.unref()),
    },
  );
  worker.unref();
  return Object.assign(client, {
    async terminate() {
      client.close(
        new BackendError("disposed", "onnx: this backend was disposed.", { hint: "Open another with onnx()." }),
      );
      await worker.terminate();
    },
  });
}

/** Opens programs in a worker; where that has crashed, in a new one. */
export async function workerHost(options: HostOptions): Promise<Host> {
  if (!workerIsBuilt())
    throw new BackendError("worker-missing", "onnx: the worker's entry is not built.", {
      hint: "Build the package first: npm run build.",
    });
  let connection = start(options);
  let disposed = false;
  return {
    async open() {
      if (!connection.alive && !disposed) connection = start(options);
      const current = connection;
      return remoteProgram(current, await current.request("open", {}));
    },
    async dispose() {
      disposed = true;
      await connection.terminate();
    },
  };
}

function remoteProgram(connection: Connection, program: number): Program {
  return {
    load: (model, plan) =>
      connection.request("load", { program, model, plan }, { transfer: [model.buffer as ArrayBuffer] }),
    unload: (session) => connection.request("unload", { program, session }),
    run(session, given) {
      const inputs = copied(given);
      return connection.request("run", { program, session, inputs }, { transfer: memoryOf(inputs) });
    },
    put(given) {
      const values = copied(given);
      return connection.request("put", { program, values }, { transfer: memoryOf(values) });
    },
    get: (names) => connection.request("get", { program, names }),
    close: () => (connection.alive ? connection.request("close", { program }) : Promise.resolve()),
  };
}
