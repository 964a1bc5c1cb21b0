/**
 * The kinds of data, one line each.
 *
 * @module
 */
import { statSync } from "node:fs";
import type { Opened } from "@normflow/core";
import { UsageError } from "../io.ts";
import { images } from "./images.ts";
import type { DataKind } from "./kind.ts";
import { melodies } from "./melodies.ts";
import { tables } from "./tables.ts";
import { texts } from "./texts.ts";

/** A path is of the first kind that detects it, a model of the first that holds it. */
export const kinds: readonly DataKind[] = [images, melodies, texts, tables];

/** The kind of data at a path. @throws {UsageError} where there is nothing, or no reader for it */
export function kindOf(path: string): DataKind {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (cause) {
    throw new UsageError("no-such-file", `There is nothing to read at ${path}.`, { hint: "Check the path.", cause });
  }
  const kind = kinds.find((k) => k.detects(path, isFolder));
  if (kind) return kind;
  throw new UsageError("unknown-data", `What kind of data ${path} holds does not follow from its name.`, {
    hint: `Give ${kinds.map((k) => k.takes).join(", or ")}.`,
  });
}

/** The kind of a model. */
export const kindOfModel = (opened: Opened): DataKind => kinds.find((k) => k.holds(opened)) ?? tables;
