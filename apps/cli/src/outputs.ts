/**
 * Writes melodies and rows where the caller asked for them, never over a file that is there.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Grid, toNotes, writeMidi } from "@normflow/music";
import { UsageError } from "./io.ts";

/** Numbers to six digits behind the point, as lines show them. */
export const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

/** A file that a command is about to write. @throws {UsageError} where one is there and `force` is not given */
export function fresh(path: string, force: boolean): string {
  if (existsSync(path) && !force)
    throw new UsageError("file-exists", `${path} exists already.`, {
      hint: "Choose another place, or overwrite it with --force.",
    });
  return path;
}

/** Writes melodies as `0001.mid`, `0002.mid`, … into a folder, which is made where it is missing. */
export function writeMelodies(
  folder: string,
  grids: readonly Grid[],
  titles: (i: number) => string,
  force: boolean,
): string[] {
  const digits = Math.max(4, String(grids.length).length);
  const paths = grids.map((_, i) => fresh(join(folder, `${String(i + 1).padStart(digits, "0")}.mid`), force));
  mkdirSync(folder, { recursive: true });
  grids.forEach((grid, i) => void writeFileSync(paths[i]!, writeMidi({ notes: toNotes(grid), title: titles(i) })));
  return paths;
}

/** The header of a CSV table. */
export const csvHeader = (columns: readonly string[]): string =>
  columns.map((name) => (/[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(",");

/** Writes rows as CSV with a header. */
export function writeCsv(
  path: string,
  columns: readonly string[],
  rows: Iterable<readonly number[]>,
  force: boolean,
): void {
  const lines = [csvHeader(columns)];
  for (const row of rows) lines.push(row.join(","));
  writeFileSync(fresh(path, force), `${lines.join("\n")}\n`);
}
