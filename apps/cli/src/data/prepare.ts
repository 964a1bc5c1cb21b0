/**
 * Makes a table ready for training: split, columns that vary, columns to condition on.
 *
 * @module
 */
import { foldIn, type HostArray, hostArray, key, permutation, type Rows, takeRows } from "@normflow/core";
import { UsageError } from "../io.ts";
import type { NamedMatrix } from "./csv.ts";
import { moments, varies } from "./measure.ts";

/** Mean and deviation of the training rows, by column. */
export interface Standardisation {
  readonly shift: readonly number[];
  readonly scale: readonly number[];
}

/** A table made ready for training. */
export interface TableData {
  readonly train: Rows;
  readonly valid: Rows;
  readonly test: Rows;
  /** Names of the columns kept. */
  readonly columns: readonly string[];
  /** The columns that the flow conditions on, with their mean and deviation. */
  readonly context: { readonly columns: readonly string[] } & Standardisation;
  /** Names of the columns left out because they do not vary. */
  readonly constant: readonly string[];
}

const FEWEST_ROWS = 20;
const SPLIT_STREAM = 0x73706c69;

/** Columns that are not events. */
export interface SetApart {
  /** Names of those to condition on. */
  readonly context?: readonly string[];
  /** Names of those to leave out. */
  readonly ignore?: readonly string[];
}

const shortList = (names: readonly string[]): string =>
  `${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;

/** The places of some columns. @throws {UsageError} naming the one that there is not, or that is given twice */
function placesOf(names: readonly string[], wanted: readonly string[], flag: keyof SetApart): number[] {
  const purpose = flag === "context" ? "to condition on" : "to leave out";
  const hint = `Its columns are ${shortList(names)}.`;
  const places = wanted.map((name) => names.indexOf(name));
  const absent = places.findIndex((place) => place < 0);
  if (absent >= 0) throw new UsageError(flag, `The table has no column "${wanted[absent]}" ${purpose}.`, { hint });
  const twice = places.findIndex((place, i) => places.indexOf(place) < i);
  if (twice >= 0) throw new UsageError(flag, `The column "${wanted[twice]}" is given twice ${purpose}.`, { hint });
  return places;
}

/**
 * Splits rows at random 80 : 10 : 10 and leaves out the columns that do not vary over the training rows.
 * @throws {UsageError} where there are fewer than 20 rows, or no column varies, or one that is set apart is not there, is
 * set apart twice, or does not vary where it is to be conditioned on
 */
export function prepareTable(
  table: NamedMatrix,
  seed: number,
  { context = [], ignore = [] }: SetApart = {},
): TableData {
  const { data, rows, columns, names } = table;
  if (rows < FEWEST_ROWS)
    throw new UsageError("too-few-rows", `The table has ${rows} rows; training takes ${FEWEST_ROWS} at least.`);
  const [conditions, ignored] = [placesOf(names, context, "context"), placesOf(names, ignore, "ignore")];
  const both = conditions.find((c) => ignored.includes(c));
  if (both !== undefined)
    throw new UsageError("ignore", `The column "${names[both]}" is both to condition on and to leave out.`, {
      hint: `Give it to --context or to --ignore. The columns are ${shortList(names)}.`,
    });
  const order = permutation(foldIn(key(seed), SPLIT_STREAM), rows);
  const tenth = Math.max(1, Math.floor(rows / 10));
  const training = order.slice(2 * tenth).sort();
  const statistics = moments(takeRows(hostArray(data, [rows, columns]), training));
  const isVarying = (c: number): boolean => varies(statistics.shift[c]!, statistics.scale[c]!);
  const still = conditions.find((c) => !isVarying(c));
  if (still !== undefined)
    throw new UsageError("context", `The column "${names[still]}" does not vary, so nothing can depend on it.`, {
      hint: "Leave it out of --context.",
    });
  const events = [...names.keys()].filter((c) => !conditions.includes(c) && !ignored.includes(c));
  const kept = events.filter(isVarying);
  if (kept.length === 0)
    throw new UsageError(
      "no-columns",
      context.length + ignore.length > 0
        ? "No column that varies is left beside those of --context and --ignore."
        : "No column of the table varies.",
      { hint: `Its columns are ${shortList(names)}.` },
    );
  const standardisation = (places: readonly number[]): Standardisation => ({
    shift: places.map((c) => statistics.shift[c]!),
    scale: places.map((c) => statistics.scale[c]!),
  });
  const only = (places: readonly number[]): HostArray => {
    const narrow = new Float64Array(rows * places.length);
    for (let r = 0; r < rows; r++)
      places.forEach((c, i) => void (narrow[r * places.length + i] = data[r * columns + c]!));
    return hostArray(narrow, [rows, places.length]);
  };
  const [x, given] = [only(kept), conditions.length > 0 ? only(conditions) : undefined];
  const pick = (chosen: Uint32Array): Rows => ({
    x: takeRows(x, chosen),
    ...(given ? { context: takeRows(given, chosen) } : {}),
  });
  return {
    train: pick(training),
    valid: pick(order.slice(tenth, 2 * tenth).sort()),
    test: pick(order.slice(0, tenth).sort()),
    columns: kept.map((c) => names[c]!),
    context: { columns: context, ...standardisation(conditions) },
    constant: events.filter((c) => !isVarying(c)).map((c) => names[c]!),
  };
}
