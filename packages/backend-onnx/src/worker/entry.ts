/**
 * The worker: answers requests one after another, on sessions of its own.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { serve } from "@normflow/core";
import type { Program } from "../host/host.ts";
import { localHost } from "../host/local.ts";
import { memoryOf, type Requests, type WorkerData } from "./messages.ts";

const port = parentPort!;
const host = localHost(workerData as WorkerData, true);
const programs = new Map<number, Program>();
let nextProgram = 0;

serve<Requests>(
  {
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (listener) => void port.on("message", listener),
  },
  {
    async open() {
      programs.set(nextProgram, await (await host).open());
      return nextProgram++;
    },
    load: ({ program, model, plan }) => programs.get(program)!.load(model, plan),
    async unload({ program, session }) {
      await programs.get(program)?.unload(session);
      return undefined;
    },
    async run({ program, session, inputs }, { transfer }) {
      const outputs = await programs.get(program)!.run(session, inputs);
      transfer(memoryOf(outputs));
      return outputs;
    },
    async put({ program, values }) {
      await programs.get(program)!.put(values);
      return undefined;
    },
    async get({ program, names }, { transfer }) {
      const values = await programs.get(program)!.get(names);
      transfer(memoryOf(values));
      return values;
    },
    async close({ program }) {
      await programs.get(program)?.close();
      programs.delete(program);
      return undefined;
    },
  },
);
