/**
 * The rows of a table that a model is asked about.
 *
 * @module
 */
import { basename } from "node:path";
import { type HostArray, hostArray } from "@normflow/core";
import { type AnswerOptions, refuse } from "../answer.ts";
import { columnsOf, readTable } from "../data/table.ts";
import { type Io, UsageError } from "../io.ts";

/** Rows in the columns of a model, and the name that they are told by. */
export interface ModelRows {
  readonly file: string;
  readonly x: HostArray;
}

/** Reads the columns of a model; a table that cannot be used is answered as such, and nothing is returned. */
export async function modelRows(
  path: string,
  columns: readonly string[],
  options: AnswerOptions,
  io: Io,
): Promise<ModelRows | undefined> {
  const file = basename(path);
  try {
    const table = await readTable(path);
    return { file, x: hostArray(columnsOf(table, columns), [table.rows, columns.length]) };
  } catch (error) {
    if (!(error instanceof UsageError) || !options.json) throw error;
    refuse(io, options, file, error.message);
    return undefined;
  }
}
