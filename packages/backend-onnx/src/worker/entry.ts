/**
 * The worker: answers requests one after another, on sessions of its own.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Program, Values } from "../host/host.ts";
import { localHost } from "../host/local.ts";
import {
  failureOf,
  memoryOf,
  type Reply,
  type Request,
  type RequestKind,
  type Requests,
  type WorkerData,
} from "./messages.ts";

const port = parentPort!;
const host = localHost(workerData as WorkerData, true);
const programs = new Map<number, Program>();
let nextProgram = 0;

async function answer(request: Request): Promise<Requests[RequestKind]["result"]> {
  switch (request.kind) {
    case "open": {
      programs.set(nextProgram, await (await host).open());
      return nextProgram++;
    }
    case "load":
      return programs.get(request.payload.program)!.load(request.payload.model, request.payload.plan);
    case "unload":
      await programs.get(request.payload.program)?.unload(request.payload.session);
      return undefined;
    case "run":
      return programs.get(request.payload.program)!.run(request.payload.session, request.payload.inputs);
    case "put":
      await programs.get(request.payload.program)!.put(request.payload.values);
      return undefined;
    case "get":
      return programs.get(request.payload.program)!.get(request.payload.names);
    case "close":
      await programs.get(request.payload.program)?.close();
      programs.delete(request.payload.program);
      return undefined;
    default:
      return request satisfies never;
  }
}

async function reply(request: Request): Promise<void> {
  let message: Reply;
  let transfer: ArrayBuffer[] = [];
  try {
    const payload = await answer(request);
    if (request.kind === "run" || request.kind === "get") transfer = memoryOf(payload as Values);
    message = { id: request.id, kind: "result", payload };
  } catch (error) {
    message = { id: request.id, kind: "error", payload: failureOf(error) };
  }
  port.postMessage(message, transfer);
}

let last: Promise<void> = Promise.resolve();
port.on("message", (request: Request) => {
  last = last.then(() => reply(request));
});
