/**
 * Sessions in a worker thread, behind the same interface as those of this one.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { BackendError } from "@normflow/core";
import type { Float32Values, Host, HostOptions, Program, Values } from "../host/host.ts";
import { errorOf, memoryOf, type Reply, type RequestKind, type Requests } from "./messages.ts";

/** Workers run built files only: seen from `src` as from `dist`, the entry lies in `dist`. */
const entry = new URL("../../dist/worker/entry.js", import.meta.url);

/** Whether the worker's entry has been built. */
export const workerIsBuilt = (): boolean => existsSync(fileURLToPath(entry));

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

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

/** One worker's life: it answers requests until it ends, and then refuses them. */
class Connection {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private next = 0;
  private end: BackendError | undefined;

  constructor(options: HostOptions) {
    // Built files take built packages, whatever conditions this process resolves by.
    this.worker = new Worker(entry, { workerData: options, execArgv: [] });
    this.worker.on("message", (reply: Reply) => this.settle(reply));
    this.worker.on("error", (error) => this.fail(crashed(error)));
    this.worker.on("exit", (code) => this.fail(crashed(new Error(`exit code ${code}`))));
    this.worker.unref();
  }

  get alive(): boolean {
    return this.end === undefined;
  }

  request<K extends RequestKind>(
    kind: K,
    payload: Requests[K]["payload"],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Requests[K]["result"]> {
    if (this.end) return Promise.reject(this.end);
    return new Promise((resolve, reject) => {
      const id = this.next++;
      // A worker at work keeps the process alive, an idle one does not.
      if (this.pending.size === 0) this.worker.ref();
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage({ id, kind, payload }, transfer);
    });
  }

  async terminate(): Promise<void> {
    this.fail(new BackendError("disposed", "onnx: this backend was disposed.", { hint: "Open another with onnx()." }));
    await this.worker.terminate();
  }

  private settle(reply: Reply): void {
    const waiting = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (this.pending.size === 0) this.worker.unref();
    if (reply.kind === "error") waiting?.reject(errorOf(reply.payload));
    else waiting?.resolve(reply.payload as never);
  }

  private fail(error: BackendError): void {
    this.end ??= error;
    for (const { reject } of this.pending.values()) reject(this.end);
    this.pending.clear();
  }
}

/** Opens programs in a worker; where that has crashed, in a new one. */
export async function workerHost(options: HostOptions): Promise<Host> {
  if (!workerIsBuilt())
    throw new BackendError("worker-missing", "onnx: the worker's entry is not built.", {
      hint: "Build the package first: npm run build.",
    });
  let connection = new Connection(options);
  let disposed = false;
  return {
    async open() {
      if (!connection.alive && !disposed) connection = new Connection(options);
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
    load: (model, plan) => connection.request("load", { program, model, plan }, [model.buffer as ArrayBuffer]),
    unload: (session) => connection.request("unload", { program, session }),
    run(session, given) {
      const inputs = copied(given);
      return connection.request("run", { program, session, inputs }, memoryOf(inputs));
    },
    put(given) {
      const values = copied(given);
      return connection.request("put", { program, values }, memoryOf(values));
    },
    get: (names) => connection.request("get", { program, names }),
    close: () => (connection.alive ? connection.request("close", { program }) : Promise.resolve()),
  };
}
