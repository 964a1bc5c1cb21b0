/**
 * Tables of numbers, and the flows for them.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow } from "@normflow/core";
import { levels, type Recipe, recipes, rescale, rescaleContext } from "@normflow/layers";
import { prepareTable, type TableData } from "../data/prepare.ts";
import { isTableName, readTable } from "../data/table.ts";
import { type Io, UsageError } from "../io.ts";
import type { RunConfig } from "../run/config.ts";
import type { DataKind, Prepared, ReadRequest } from "./kind.ts";
import { makeFlow } from "./make-flow.ts";
import { openTableModel } from "./table-model.ts";

/** Options that follow from the columns. */
const FROM_DATA = ["features", "context", "categories", "event"];

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
        hint: "subsetflow is for categories and ordered levels: round the column, or take another flow.",
      });
    return [...values].sort((a, b) => a - b);
  });
}

/** The flow of a recipe in the units of the data. */
function tableFlow(config: RunConfig, data: TableData): Flow {
  const { columns, shift, scale, context } = data;
  const recipe = recipes[config.flow as keyof typeof recipes] as Recipe<object>;
  const set = FROM_DATA.find((name) => Object.hasOwn(config.options, name));
  if (set)
    throw new UsageError("flow-options", `The option ${set} follows from the table and cannot be set.`, {
      hint: "The columns to condition on are given by --context.",
    });
  const given = context.columns.length;
  const values = config.flow === "subsetflow" ? columnValues(data) : undefined;
  const sizes = {
    features: columns.length,
    ...(given > 0 ? { context: given } : {}),
    ...(values ? { categories: values.map((v) => v.length) } : {}),
  };
  const inner = makeFlow(config.flow, recipe.options, { ...config.options, ...sizes }, recipe.make);
  const layer: Bijector =
    given > 0
      ? rescaleContext({ layer: inner.bijector, shift: [...context.shift], scale: [...context.scale] })
      : inner.bijector;
  return flow({
    base: inner.base,
    bijector: chain([layer, values ? levels({ values }) : rescale({ shift: [...shift], scale: [...scale] })]),
  });
}

async function read(path: string, { seed, context }: ReadRequest, io: Io): Promise<Prepared> {
  const table = await readTable(path);
  const data = prepareTable(table, seed, context);
  if (data.constant.length > 0) io.message(`Left out, as they do not vary: ${shortList(data.constant)}.`);
  const given = context.length > 0 ? `, given ${shortList(context)}` : "";
  io.message(`${table.rows} rows of ${data.columns.length} columns read${given}.`);
  return {
    rows: data.train.x.shape[0]!,
    job: (config) => ({
      flow: tableFlow(config, data),
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
      .sort(([a], [b]) => Number(b === "maf") - Number(a === "maf"))
      .map(([name, { summary, options }]) => [name, { summary, options, fromData: FROM_DATA }]),
  ),
  detects: (path, isFolder) => !isFolder && isTableName(path),
  read,
  // Passes over the data that make some three thousand steps.
  settings: (rows) => ({
    flow: "maf",
    seed: 0,
    epochs: Math.max(10, Math.min(400, Math.round((3000 * 256) / Math.max(1, rows)))),
    batch: 256,
    lr: 1e-3,
    betas: [0.9, 0.999],
    weightDecay: 0,
    clip: 5,
    warmup: 0,
    floor: 0.02,
    average: 0.99,
    checkpointEvery: 0,
    context: [],
    options: {},
  }),
  holds: ({ flow: { event } }) => event.length === 1,
  open: openTableModel,
};
