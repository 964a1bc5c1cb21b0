/**
 * Tables of numbers, and the flows for them.
 *
 * @module
 */
import { type Recipe, recipes } from "@normflow/layers";
import { measureColumns } from "../data/measure.ts";
import { prepareTable } from "../data/prepare.ts";
import { isTableName, readTable } from "../data/table.ts";
import type { Io } from "../io.ts";
import type { DataKind, Prepared, ReadRequest } from "./kind.ts";
import { DEFAULT_FLOW, FROM_DATA, tableFlow, tableSettings } from "./table-flow.ts";
import { openTableModel } from "./table-model.ts";

const shortList = (names: readonly string[]): string =>
  `${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}`;

async function read(path: string, { seed, context }: ReadRequest, io: Io): Promise<Prepared> {
  const table = await readTable(path);
  const data = prepareTable(table, seed, context);
  if (data.constant.length > 0) io.message(`Left out, as they do not vary: ${shortList(data.constant)}.`);
  const given = context.length > 0 ? `, given ${shortList(context)}` : "";
  io.message(`${table.rows} rows of ${data.columns.length} columns read${given}.`);
  const measured = measureColumns(data.train.x);
  const cells = data.columns.filter((_, i) => measured.step[i]! > 0);
  if (cells.length > 0) io.message(`Dequantized, as they are discrete: ${shortList(cells)}.`);
  return {
    rows: data.train.x.shape[0]!,
    job: (config) => ({
      flow: tableFlow(config, measured, data.context),
      train: data.train,
      valid: data.valid,
      test: data.test,
      config,
      unit: "nats",
      data: {
        kind: "table",
        rows: table.rows,
        columns: data.columns,
        ...(context.length > 0 ? { context } : {}),
        sha256: table.sha256,
      },
    }),
  };
}

/** Numeric tables, row by row. */
export const tables: DataKind = {
  name: "table",
  plural: "tables",
  takes: "a .csv, .npy or .npz table",
  flows: Object.fromEntries(
    Object.entries(recipes as Readonly<Record<string, Recipe<object>>>)
      // The default comes first.
      .sort(([a], [b]) => Number(b === DEFAULT_FLOW) - Number(a === DEFAULT_FLOW))
      .map(([name, { summary, options }]) => [name, { summary, options, fromData: FROM_DATA }]),
  ),
  detects: (path, isFolder) => !isFolder && isTableName(path),
  read,
  settings: tableSettings,
  holds: ({ flow: { event } }) => event.length === 1,
  open: openTableModel,
};
