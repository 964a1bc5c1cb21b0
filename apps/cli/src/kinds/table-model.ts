/**
 * A model of a table under the commands.
 *
 * @module
 */
import { type Backend, type HostArray, hostArray, Model, type Opened } from "@normflow/core";
import { answer, answerFacts, head } from "../answer.ts";
import type { DecodeCommand } from "../commands/decode.ts";
import type { EncodeCommand } from "../commands/encode.ts";
import { type ModelColumns, modelRows } from "../commands/model-rows.ts";
import type { SampleCommand } from "../commands/sample.ts";
import type { ScoreCommand } from "../commands/score.ts";
import { readLabels } from "../data/labels.ts";
import { EXIT, type Io, json, UsageError } from "../io.ts";
import { csvHeader, rounded, writeCsv } from "../outputs.ts";
import { auroc, averagePrecision } from "../score/ranking.ts";
import type { KindModel, LatentLine } from "./kind.ts";

interface TableModel extends ModelColumns {
  readonly model: Model;
}

/** The rows of an array, each as a list. */
const rowsOf = (data: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: data.length / width }, (_, i) => Array.from({ length: width }, (__, j) => data[i * width + j]!));

/** The values to condition on, from `name=value` with commas between. @throws {UsageError} naming what is missing */
function contextValues(text: string | undefined, names: readonly string[]): number[] | undefined {
  const wanted = `Give --context ${names.map((n) => `${n}=…`).join(",")}.`;
  if (names.length === 0) {
    if (text === undefined) return undefined;
    throw new UsageError("context", "This model conditions on no column.", { hint: "Leave --context away." });
  }
  if (text === undefined)
    throw new UsageError("context", `This model conditions on ${names.join(", ")}.`, { hint: wanted });
  const values = new Map<string, number>();
  for (const part of text.split(",")) {
    const at = part.lastIndexOf("=");
    const [name, value] = [part.slice(0, at).trim(), Number(part.slice(at + 1))];
    if (at < 0 || !names.includes(name))
      throw new UsageError("context", `"${part}" does not say what a column is that the model conditions on.`, {
        hint: wanted,
      });
    if (part.slice(at + 1).trim() === "" || !Number.isFinite(value))
      throw new UsageError("context", `The value of ${name} is no number: "${part.slice(at + 1)}".`, { hint: wanted });
    if (values.has(name)) throw new UsageError("context", `${name} is given twice.`, { hint: wanted });
    values.set(name, value);
  }
  const missing = names.find((name) => !values.has(name));
  if (missing !== undefined) throw new UsageError("context", `A value for ${missing} is missing.`, { hint: wanted });
  return names.map((name) => values.get(name)!);
}

async function sample({ model, columns, context }: TableModel, options: SampleCommand, io: Io): Promise<number> {
  const { number, seed, temperature, output, force = false } = options;
  const given = contextValues(options.context, context);
  if (output !== undefined && !output.toLowerCase().endsWith(".csv"))
    throw new UsageError("sample-output", "Rows are written as a .csv file.", {
      hint: "Give a name that ends so: -o samples.csv.",
    });
  const { data } = await model.sample(number, { seed, temperature, ...(given ? { context: given } : {}) });
  const rows = rowsOf(data, columns.length);
  if (output !== undefined) {
    writeCsv(output, columns, rows, force);
    io.message(`${rows.length} rows written to ${output}.`);
  }
  if (options.json) rows.forEach((x, index) => void json(io, { index, x }));
  else if (output === undefined) {
    head(io, options, csvHeader(columns));
    for (const row of rows) io.line(row.join(","));
  }
  return EXIT.done;
}

/** Draws of the cells of discrete columns over which a density is averaged. */
const DRAWS = 8;

/**
 * ln p of rows; where the flow dequantizes, the logarithm of the mean density over draws in each row's cell, which is the
 * mean density of the cell.
 */
export async function rowLogProb(model: Model, x: HostArray, context?: HostArray): Promise<Float64Array> {
  const given = context ? { context } : {};
  if (!model.flow.bijector.facts.stochastic.inverse) return Float64Array.from((await model.logProb(x, given)).data);
  const draws: HostArray[] = [];
  for (let seed = 0; seed < DRAWS; seed++) draws.push(await model.logProb(x, { ...given, seed }));
  return Float64Array.from(draws[0]!.data, (_, i) => {
    const all = draws.map(({ data }) => data[i]!);
    const most = Math.max(...all);
    return most + Math.log(all.reduce((sum, v) => sum + Math.exp(v - most), 0) / DRAWS);
  });
}

/** The scores of rows as a .csv, with their labels where there are some. */
function writeScores(
  path: string,
  nats: readonly number[],
  labels: readonly boolean[] | undefined,
  force: boolean,
): void {
  if (!path.toLowerCase().endsWith(".csv"))
    throw new UsageError("score-output", "Scores are written as a .csv file.", {
      hint: "Give a name that ends so: -o scores.csv.",
    });
  const rows = nats.map((v, row) => (labels ? [row, v, Number(labels[row])] : [row, v]));
  writeCsv(path, labels ? ["row", "nats", "label"] : ["row", "nats"], rows, force);
}

async function score(table: TableModel, path: string, options: ScoreCommand, io: Io): Promise<number> {
  const rows = await modelRows(path, table, options, io);
  if (!rows) return EXIT.unusable;
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels, path, rows.table);
  const nats = Array.from(await rowLogProb(table.model, rows.x, rows.context), (v) => rounded(-v));
  if (options.output === undefined) {
    head(io, options, "        nats  row");
    nats.forEach((v, row) => {
      answer(io, options, { file: rows.file, row, nats: v }, `${v.toFixed(4).padStart(12)}  ${row}`);
    });
  } else {
    writeScores(options.output, nats, labels, options.force ?? false);
    io.message(`${nats.length} scores written to ${options.output}.`);
  }
  if (labels) {
    const figures = {
      rows: nats.length,
      anomalies: labels.filter(Boolean).length,
      auroc: rounded(auroc(nats, labels)),
      averagePrecision: rounded(averagePrecision(nats, labels)),
    };
    answerFacts(io, options, figures);
  }
  return EXIT.done;
}

async function encode(table: TableModel, path: string, _: EncodeCommand, io: Io): Promise<number> {
  const rows = await modelRows(path, table, { json: true }, io);
  if (!rows) return EXIT.unusable;
  const { data } = await table.model.encode(rows.x, rows.context ? { context: rows.context } : {});
  const given = rows.context && rowsOf(rows.context.data, table.context.length);
  rowsOf(data, table.columns.length).forEach((z, row) => {
    json(io, { file: rows.file, row, z, ...(given ? { context: given[row] } : {}) });
  });
  return EXIT.done;
}

async function decode(
  { model, columns, context }: TableModel,
  lines: readonly LatentLine[],
  options: DecodeCommand,
  io: Io,
): Promise<number> {
  const latents = hostArray(Float64Array.from(lines.flatMap((l) => l.z)), [lines.length, columns.length]);
  const given = lines.map((l) => l.context ?? []);
  if (given.some((c) => c.length !== context.length))
    throw new UsageError("context", `This model conditions on ${context.length} columns; a line has another number.`, {
      hint: context.length > 0 ? `Lines carry "context": ${context.join(", ")}.` : 'Leave "context" out.',
    });
  const { data } = await model.decode(
    latents,
    context.length > 0 ? { context: hostArray(Float64Array.from(given.flat()), [lines.length, context.length]) } : {},
  );
  rowsOf(data, columns.length).forEach((x, i) => {
    const { file, row } = lines[i]!;
    answer(io, options, { file, row, x }, x.join(","));
  });
  return lines.length;
}

/** Opens a model of a table. */
export function openTableModel(opened: Opened, backend: Backend): KindModel {
  const data = opened.facts["data"] as
    | { columns?: readonly string[]; context?: readonly string[]; ignored?: readonly string[] }
    | undefined;
  const { event, context } = opened.flow;
  const numbered = (size: number | undefined, letter: string): string[] =>
    Array.from({ length: size ?? 0 }, (_, i) => `${letter}${i}`);
  const table: TableModel = {
    model: new Model(opened.flow, opened.weights, backend, opened.facts),
    columns: data?.columns ?? numbered(event[0], "x"),
    context: data?.context ?? numbered(context?.[0], "c"),
    ignored: data?.ignored ?? [],
  };
  return {
    latent: table.columns.length,
    decoded: csvHeader(table.columns),
    sample: (options, io) => sample(table, options, io),
    score: (path, options, io) => score(table, path, options, io),
    encode: (path, options, io) => encode(table, path, options, io),
    decode: (lines, options, io) => decode(table, lines, options, io),
    dispose: () => table.model.dispose(),
  };
}
