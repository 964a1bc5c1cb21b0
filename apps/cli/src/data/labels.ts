/**
 * Labels that say which rows are anomalies.
 *
 * @module
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { UsageError } from "../io.ts";
import { readCsv } from "./csv.ts";
import { readNpy } from "./npy.ts";
import { arraysOf, namingFile, type Table } from "./table.ts";

/** The numbers of the only column of a file. */
async function fromFile(path: string): Promise<Float64Array> {
  const { data, columns } = await namingFile(path, () =>
    extname(path).toLowerCase() === ".npy" ? readNpy(readFileSync(path)) : readCsv(path),
  );
  if (columns === 1) return data;
  throw new UsageError("labels", `${path} has ${columns} columns; labels are one.`, {
    hint: "Give a file of one column, or the name of a column of the table.",
  });
}

/** The numbers that a name stands for: a column of the table, an array beside it in its archive, or a file. */
async function find(name: string, path: string, table: Table): Promise<Float64Array> {
  const column = table.names.indexOf(name);
  if (column >= 0) return Float64Array.from({ length: table.rows }, (_, r) => table.data[r * table.columns + column]!);
  if (extname(path).toLowerCase() === ".npz") {
    const array = await namingFile(path, () => {
      const found = arraysOf(readFileSync(path)).find(([own]) => own === name);
      return found && readNpy(found[1]);
    });
    if (array) return array.data;
  }
  if (existsSync(name) && statSync(name).isFile()) return fromFile(name);
  throw new UsageError("labels", `There are no labels "${name}": no column, no array and no file has that name.`, {
    hint: "Give a column of the table, an array of its .npz, or a file of one column: 1 for anomalies, 0 for the others.",
  });
}

/**
 * Whether each row of a table is an anomaly.
 * @param name a column of the table, an array of its archive, or a file of one column; of 0 and 1
 * @throws {UsageError} `labels` where there are none, not one a row, others than 0 and 1, or of one kind only
 */
export async function readLabels(name: string, path: string, table: Table): Promise<boolean[]> {
  const values = await find(name, path, table);
  if (values.length !== table.rows)
    throw new UsageError("labels", `There are ${values.length} labels "${name}" for ${table.rows} rows.`, {
      hint: "Give one label a row.",
    });
  const other = values.findIndex((v) => v !== 0 && v !== 1);
  if (other >= 0)
    throw new UsageError("labels", `Label ${other} of "${name}" is ${values[other]}; labels are 0 or 1.`, {
      hint: "Give 1 for anomalies and 0 for the others.",
    });
  const anomalies = values.filter((v) => v === 1).length;
  if (anomalies === 0 || anomalies === values.length)
    throw new UsageError(
      "labels",
      `All labels "${name}" are ${anomalies === 0 ? 0 : 1}: there is nothing to compare.`,
      {
        hint: "Score a table with rows of both kinds, or leave --labels away.",
      },
    );
  return Array.from(values, (v) => v === 1);
}
