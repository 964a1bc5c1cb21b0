/**
 * The rows of a table that a model is asked about.
 *
 * @module
 */
import { basename } from "node:path";
import { type HostArray, hostArray } from "@normflow/core";
import { type AnswerOptions, refuse } from "../answer.ts";
import { columnsOf, readTable, type Table } from "../data/table.ts";
import { type Io, UsageError } from "../io.ts";

/** Rows in the columns of a model, and the name that they are told by. */
export interface ModelRows {
  readonly file: string;
  readonly x: HostArray;
  /** The columns that the model conditions on, where it does. */
  readonly context: HostArray | undefined;
  /** The whole table. */
  readonly table: Table;
}

/** The columns of a model, by name. */
export interface ModelColumns {
  readonly columns: readonly string[];
  /** Those that it conditions on. */
  readonly context: readonly string[];
  /** Those that training left out, which may hold anything. */
  readonly ignored: readonly string[];
}

/** Reads the columns of a model; a table that cannot be used is answered as such, and nothing is returned. */
export async function modelRows(
  path: string,
  { columns, context, ignored }: ModelColumns,
  options: AnswerOptions,
  io: Io,
): Promise<ModelRows | undefined> {
  const file = basename(path);
  try {
    const table = await readTable(path, ignored);
    // Together, so that a table without names is of the right width or refused.
    const both = columnsOf(table, [...columns, ...context]);
    const width = columns.length + context.length;
    const part = (from: number, to: number): HostArray =>
      hostArray(
        Float64Array.from({ length: table.rows * (to - from) }, (_, i) => {
          const row = Math.floor(i / (to - from));
          return both[row * width + from + (i % (to - from))]!;
        }),
        [table.rows, to - from],
      );
    return {
      file,
      table,
      x: part(0, columns.length),
      context: context.length > 0 ? part(columns.length, width) : undefined,
    };
  } catch (error) {
    if (!(error instanceof UsageError) || !options.json) throw error;
    refuse(io, options, file, error.message);
    return undefined;
  }
}
