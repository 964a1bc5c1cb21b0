/**
 * Numeric tables as text.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { FormatError } from "@normflow/core";
import { parse } from "csv-parse";
import type { Matrix } from "./npy.ts";

/** A table with names for its columns. */
export interface NamedMatrix extends Matrix {
  readonly names: readonly string[];
}

const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "?"]);
const isMissing = (cell: string): boolean => MISSING.has(cell.toLowerCase());

/** The separator that the first line has most of. */
async function separator(path: string): Promise<string> {
  let head = "";
  for await (const part of createReadStream(path, { encoding: "utf8", end: 65535 })) head += part as string;
  const [line = ""] = head.split(/\r?\n/);
  const counts = [",", ";", "\t"].map((s) => [s, line.split(s).length] as const);
  return counts.reduce((best, c) => (c[1] > best[1] ? c : best))[0];
}

const listed = (names: readonly string[]): string =>
  names.slice(0, 5).join(", ") + (names.length > 5 ? `, and ${names.length - 5} more` : "");

const HINT = "Leave them out (train takes --ignore), or ";

/**
 * Reads comma-, semicolon- or tab-separated numbers, with or without a header line, as a stream.
 * @param ignore names of columns that may hold anything; what is no number is NaN
 * @throws {FormatError} `text-columns`, `missing-values` naming the columns; `csv` where it is no table
 */
export async function readCsv(path: string, ignore: readonly string[] = []): Promise<NamedMatrix> {
  const rows: Float64Array[] = [];
  let names: string[] | undefined;
  let passed: readonly boolean[] = [];
  let line = 0;
  const text = new Map<number, string>();
  const missing = new Map<number, number>();
  const format = {
    bom: true,
    skip_empty_lines: true,
    trim: true,
    relax_column_count: true,
    max_record_size: 4 * 2 ** 20,
  };
  const parser = createReadStream(path).pipe(parse({ delimiter: await separator(path), ...format }));
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      line++;
      const values = record.map(Number);
      if (line === 1 && record.some((cell, i) => !isMissing(cell) && Number.isNaN(values[i]))) {
        names = record.map((name, i) => name || `x${i}`);
        continue;
      }
      names ??= record.map((_, i) => `x${i}`);
      if (rows.length === 0) passed = names.map((name) => ignore.includes(name));
      if (record.length !== names.length)
        throw new FormatError("csv", `Line ${line} has ${record.length} values where ${names.length} are expected.`);
      record.forEach((cell, i) => {
        if (passed[i]) return;
        if (isMissing(cell)) missing.set(i, (missing.get(i) ?? 0) + 1);
        else if (!Number.isFinite(values[i])) text.set(i, text.get(i) ?? cell);
      });
      rows.push(Float64Array.from(values));
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError("csv", `It is no table: ${cause instanceof Error ? cause.message : String(cause)}.`, {
      cause,
    });
  }
  if (!names || rows.length === 0) throw new FormatError("csv", "The table has no rows.");
  const own = names;
  if (text.size > 0) {
    const columns = [...text].map(([i, cell]) => `${own[i]} ("${cell.slice(0, 20)}")`);
    throw new FormatError("text-columns", `These columns hold text: ${listed(columns)}.`, {
      hint: `${HINT}turn them into numbers first.`,
    });
  }
  if (missing.size > 0) {
    const columns = [...missing].map(([i, n]) => `${own[i]} (${n} rows)`);
    throw new FormatError("missing-values", `Values are missing in ${listed(columns)}.`, {
      hint: `${HINT}fill them in, or leave those rows out.`,
    });
  }
  const data = new Float64Array(rows.length * own.length);
  rows.forEach((row, i) => void data.set(row, i * own.length));
  return { data, rows: rows.length, columns: own.length, names: own };
}
