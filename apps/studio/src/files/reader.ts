/**
 * Has dropped files read by a worker of their own, which ends with the file, whatever the file does to it.
 *
 * @module
 */
import { connect, FlowError, FormatError } from "@normflow/core";
import { fileTitle } from "../keep/title.ts";
import { portOf, type WorkerLike } from "../model/port.ts";
import type { Dropped } from "./import.ts";
import type { FileRequests } from "./worker.ts";

/** Milliseconds after which a file is given up. */
const PATIENCE = 20_000;

/**
 * Reads a dropped file in a worker.
 * @throws {FlowError} what {@link readDropped} throws; `file-hard` where the worker does not survive the file
 */
export async function readInWorker(
  spawn: () => WorkerLike,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  patience = PATIENCE,
): Promise<Dropped> {
  const worker = spawn();
  try {
    const client = connect<FileRequests>(portOf(worker), { timeout: patience });
    return await client.request("read", { name, bytes }, { transfer: [bytes.buffer] });
  } catch (error) {
    if (error instanceof FlowError && error.name !== "WorkerError") throw error;
    throw new FormatError("file-hard", `The studio could not get through ${fileTitle(name, 60) || "the file"}.`, {
      hint: "Is it really a file of melodies?",
      cause: error,
    });
  } finally {
    worker.terminate();
  }
}
