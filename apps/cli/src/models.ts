/**
 * Opens the model that a command works with.
 *
 * @module
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FormatError, type Opened, open } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { UsageError } from "./io.ts";

/** The model that ships. */
export const SHIPPED = fileURLToPath(new URL("../models/melody.safetensors", import.meta.url));

/** No model that this reader makes is larger. */
const LARGEST = 2 ** 30;

/** Reads a model file. @throws {FormatError} where it is none */
export function openFile(path: string = SHIPPED): Opened {
  if (!existsSync(path) || !statSync(path).isFile())
    throw new UsageError("no-model", `There is no model at ${path}.`, {
      hint: "Train one: flowctl train DATA -o RUN, then use -m RUN/model.safetensors.",
    });
  if (statSync(path).size > LARGEST) throw new UsageError("model-size", `${path} is larger than any model.`);
  return openNamed(path);
}

/** Reads a model file or a checkpoint. @throws {FormatError} naming the file where it is none */
export function openNamed(path: string): Opened {
  try {
    return open(readFileSync(path), all);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    const { code, message, hint } = cause;
    throw new FormatError(code, `${path}: ${message}`, { cause, ...(hint === undefined ? {} : { hint }) });
  }
}
