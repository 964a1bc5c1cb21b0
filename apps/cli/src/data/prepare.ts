/**
 * Makes a table ready for training: split, columns that vary, their mean and deviation.
 *
 * @module
 */
import { foldIn, hostArray, key, permutation, type Rows, takeRows } from "@normflow/core";
import { UsageError } from "../io.ts";
import type { NamedMatrix } from "./csv.ts";

/** A table made ready for training. */
export interface TableData {
  readonly train: Rows;
  readonly valid: Rows;
  readonly test: Rows;
  /** Names of the columns kept. */
  readonly columns: readonly string[];
  /** Names of the columns left out because they do not vary. */
  readonly constant: readonly string[];
  /** Mean and deviation of the training rows, by column. */
  readonly shift: readonly number[];
  readonly scale: readonly number[];
}

const FEWEST_ROWS = 20;
const SPLIT_STREAM = 0x73706c69;

/** Mean and deviation of a column over chosen rows. */
function moments(
  { data, columns }: NamedMatrix,
  column: number,
  rows: Uint32Array,
): readonly [mean: number, deviation: number] {
  let [sum, squares] = [0, 0];
  for (const r of rows) sum += data[r * columns + column]!;
  const mean = sum / rows.length;
  for (const r of rows) squares += (data[r * columns + column]! - mean) ** 2;
  return [mean, Math.sqrt(squares / rows.length)];
}

/**
 * Splits rows at random 80 : 10 : 10 and finds each column's mean and deviation over the training rows.
 * @throws {UsageError} where there are fewer than 20 rows, or no column varies
 */
export function prepareTable(table: NamedMatrix, seed: number): TableData {
  const { data, rows, columns, names } = table;
  if (rows < FEWEST_ROWS)
    throw new UsageError("too-few-rows", `The table has ${rows} rows; training takes ${FEWEST_ROWS} at least.`);
  const order = permutation(foldIn(key(seed), SPLIT_STREAM), rows);
  const tenth = Math.max(1, Math.floor(rows / 10));
  const training = order.slice(2 * tenth).sort();
  const statistics = names.map((_, c) => moments(table, c, training));
  const kept = [...names.keys()].filter((c) => {
    const [mean, deviation] = statistics[c]!;
    return deviation > 1e-12 * Math.max(1, Math.abs(mean));
  });
  if (kept.length === 0) throw new UsageError("no-columns", "No column of the table varies.");
  const narrow = new Float64Array(rows * kept.length);
  for (let r = 0; r < rows; r++) kept.forEach((c, i) => void (narrow[r * kept.length + i] = data[r * columns + c]!));
  const all = hostArray(narrow, [rows, kept.length]);
  const pick = (chosen: Uint32Array): Rows => ({ x: takeRows(all, chosen) });
  return {
    train: pick(training),
    valid: pick(order.slice(tenth, 2 * tenth).sort()),
    test: pick(order.slice(0, tenth).sort()),
    columns: kept.map((c) => names[c]!),
    constant: names.filter((_, c) => !kept.includes(c)),
    shift: kept.map((c) => statistics[c]![0]),
    scale: kept.map((c) => statistics[c]![1]),
  };
}
