/**
 * Opens the model that a command works with.
 *
 * @module
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Backend, FormatError, Model, type Opened, open } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { MelodyModel, melodyOptionsOf } from "@normflow/music";
import { UsageError } from "./io.ts";

/** The model that ships. */
export const SHIPPED = fileURLToPath(new URL("../models/melody.safetensors", import.meta.url));

/** No model that this reader makes is larger. */
const LARGEST = 2 ** 30;

/** What a model is of. */
export type Loaded =
  | { readonly kind: "melody"; readonly model: MelodyModel }
  | { readonly kind: "table"; readonly model: Model; readonly columns: readonly string[] };

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

/** Loads a model onto a backend. */
export function loadModel(opened: Opened, backend: Backend): Loaded {
  if (melodyOptionsOf(opened.flow)) return { kind: "melody", model: MelodyModel.from(opened, backend) };
  const data = opened.facts["data"] as { columns?: readonly string[] } | undefined;
  const columns = data?.columns ?? Array.from({ length: opened.flow.event[0] ?? 0 }, (_, i) => `x${i}`);
  return { kind: "table", model: new Model(opened.flow, opened.weights, backend, opened.facts), columns };
}
