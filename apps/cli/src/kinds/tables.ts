/**
 * Tables of numbers, and the flows for them.
 *
 * @module
 */
import { type Recipe, recipes } from "@normflow/layers";
import { measureColumns } from "../data/measure.ts";
import { prepareTable, type TableData } from "../data/prepare.ts";
import { isTableName, readTable } from "../data/table.ts";
import { type Io, UsageError } from "../io.ts";
import type { DataKind, Prepared, ReadRequest } from "./kind.ts";
import { DEFAULT_FLOW, FROM_DATA, tableFlow, tableSettings } from "./table-flow.ts";
import { openTableModel } from "./table-model.ts";

const shortList = (names: readonly string[]): string =>
  `${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}`;

/** Different values of a column that a subset flow has classes for. */
const MOST_VALUES = 256;

/** The values of each column in the training rows, rising. @throws {UsageError} where a column has too many */
function columnValues({ train, columns }: TableData): number[][] {
  const { data } = train.x;
  return columns.map((name, c) => {
    const values = new Set<number>();
    for (let i = c; i < data.length && values.size <= MOST_VALUES; i += columns.length) values.add(data[i]!);
    if (values.size > MOST_VALUES)
      throw new UsageError("too-many-values", `The column "${name}" has more than ${MOST_VALUES} different values.`, {
        hint: "subsetFlow is for categories and ordered levels: round the column, or take another flow.",
      });
    return [...values].sort((a, b) => a - b);
  });
}

async function read(path: string, { seed, context, ignore }: ReadRequest, io: Io): Promise<Prepared> {
  const table = await readTable(path, ignore);
  const data = prepareTable(table, seed, { context, ignore });
  if (data.constant.length > 0) io.message(`Left out, as they do not vary: ${shortList(data.constant)}.`);
  const given = context.length > 0 ? `, given ${shortList(context)}` : "";
  if (ignore.length > 0) io.message(`Left out, as told: ${shortList(ignore)}.`);
  io.message(`${table.rows} rows of ${data.columns.length} columns read${given}.`);
  const measured = measureColumns(data.train.x);
  const cells = data.columns.filter((_, i) => measured.step[i]! > 0);
  if (cells.length > 0) io.message(`Dequantized, as they are discrete: ${shortList(cells)}.`);
  return {
    rows: data.train.x.shape[0]!,
    job: (config) => ({
      flow: tableFlow(config, measured, data.context, config.flow === "subsetFlow" ? columnValues(data) : undefined),
      train: data.train,
      valid: data.valid,
      test: data.test,
      config,
      loss: (recipes[config.flow as keyof typeof recipes] as Recipe<object>).loss?.(config.options),
      unit: "nats",
      data: {
        kind: "table",
        rows: table.rows,
        columns: data.columns,
        ...(context.length > 0 ? { context } : {}),
        ...(ignore.length > 0 ? { ignored: ignore } : {}),
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
  hasColumns: true,
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
