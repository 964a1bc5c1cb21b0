/**
 * Numeric tables from .csv, .npy and .npz files.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { FormatError } from "@normflow/core";
import { unzipSync } from "fflate";
import { UsageError } from "../io.ts";
import { type NamedMatrix, readCsv } from "./csv.ts";
import { type Matrix, readNpy, readNpyHeader } from "./npy.ts";
import { sentence } from "./walk.ts";

const GIB = 2 ** 30;
const LARGEST = 2 * GIB;
const ENDINGS = new Set([".csv", ".tsv", ".txt", ".npy", ".npz"]);

/** Whether a name ends as a table's does. */
export const isTableName = (name: string): boolean => ENDINGS.has(extname(name).toLowerCase());

const withNames = (matrix: Matrix): NamedMatrix => ({
  ...matrix,
  names: Array.from({ length: matrix.columns }, (_, i) => `x${i}`),
});

/** The arrays of an archive by name; nothing is unpacked beyond the limit. @throws {FormatError} where it is none */
export function arraysOf(bytes: Uint8Array): (readonly [name: string, content: Uint8Array])[] {
  let size = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        size += originalSize;
        if (size > LARGEST) throw new FormatError("npz", "The archive unpacks to more than 2 GiB.");
        return name.endsWith(".npy");
      },
    });
    return Object.entries(files).map(([name, content]) => [name.replace(/\.npy$/, ""), content]);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError("npz", "It is no archive of NumPy arrays.", { cause });
  }
}

/** The array of an archive that is the table: the one named X, x or data, or the only one of two axes. */
function readNpz(bytes: Uint8Array): Matrix {
  const arrays = arraysOf(bytes);
  for (const wanted of ["X", "x", "data"]) {
    const found = arrays.find(([name]) => name === wanted);
    if (found) return readNpy(found[1]);
  }
  const tables = arrays.filter(([, content]) => readNpyHeader(content).shape.length === 2);
  if (tables.length === 1) return readNpy(tables[0]![1]);
  const names = arrays.length === 0 ? "no arrays" : arrays.map(([n]) => n).join(", ");
  throw new FormatError("npz", `The archive holds ${names}; which is the table does not follow.`, {
    hint: "Name it X.",
  });
}

/** The SHA-256 of a file's bytes. */
async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest("hex");
}

/** A table and the SHA-256 of its file. */
export interface Table extends NamedMatrix {
  readonly sha256: string;
}

function readMatrix(path: string, ignore: readonly string[]): NamedMatrix | Promise<NamedMatrix> {
  switch (extname(path).toLowerCase()) {
    case ".npy":
      return withNames(readNpy(readFileSync(path)));
    case ".npz":
      return withNames(readNpz(readFileSync(path)));
    default:
      return readCsv(path, ignore);
  }
}

/** Reads a file, which an error names. @throws {UsageError} */
export async function namingFile<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof FormatError)
      throw new UsageError(cause.code, `${path}: ${cause.message}`, {
        cause,
        ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      });
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || cause instanceof UsageError) throw cause;
    throw new UsageError("unreadable", `${path}: ${sentence(cause)}`, { cause });
  }
}

/**
 * Reads a table.
 * @param ignore names of columns that may hold anything, as nothing is made of them
 * @throws {UsageError} where there is no such file, or it is no table, or holds text, gaps or infinities
 */
export async function readTable(path: string, ignore: readonly string[] = []): Promise<Table> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile())
    throw new UsageError("no-such-file", `There is no table at ${path}.`, { hint: "Check the path." });
  if (stats.size > LARGEST)
    throw new UsageError(
      "too-large",
      `${path} has ${(stats.size / GIB).toFixed(1)} GiB; tables of up to 2 GiB are read.`,
    );
  const matrix = await namingFile(path, () => readMatrix(path, ignore));
  const bad = new Map<string, number>();
  matrix.data.forEach((v, i) => {
    const name = matrix.names[i % matrix.columns]!;
    if (!Number.isFinite(v) && !ignore.includes(name)) bad.set(name, (bad.get(name) ?? 0) + 1);
  });
  if (bad.size > 0) {
    const columns = [...bad].slice(0, 5).map(([name, n]) => `${name} (${n} rows)`);
    throw new UsageError("missing-values", `${path}: Values that are no finite numbers are in ${columns.join(", ")}.`, {
      hint: "Fill them in, or leave those rows out.",
    });
  }
  return { ...matrix, sha256: await fileHash(path) };
}

/** The rows of a table in the columns of a model. @throws {UsageError} naming the columns that are missing */
export function columnsOf(table: NamedMatrix, wanted: readonly string[]): Float64Array {
  const places = wanted.map((name) => table.names.indexOf(name));
  const missing = wanted.filter((_, i) => places[i]! < 0);
  // A table of the same width without these names, as an array file is, is taken column by column.
  const byPlace = missing.length > 0 && table.columns === wanted.length;
  if (missing.length > 0 && !byPlace)
    throw new UsageError(
      "missing-columns",
      `The table lacks ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}, which the model was trained on.`,
    );
  const from = byPlace ? wanted.map((_, i) => i) : places;
  const out = new Float64Array(table.rows * wanted.length);
  for (let r = 0; r < table.rows; r++)
    from.forEach((c, i) => void (out[r * wanted.length + i] = table.data[r * table.columns + c]!));
  return out;
}
