/**
 * flowctl flows: which flows there are, and what options they take.
 *
 * @module
 */
import { type AnswerOptions, answer, head } from "../answer.ts";
import { EXIT, type Io, UsageError } from "../io.ts";
import { kinds } from "../kinds/kinds.ts";
import { named, nearest } from "../run/names.ts";
import { optionRows } from "../run/options.ts";

/** A default as a person would type it. */
const typed = (value: unknown): string =>
  value === null
    ? ""
    : Array.isArray(value)
      ? value.join(",")
      : typeof value === "string"
        ? value
        : JSON.stringify(value);

/** Lines of cells, each column as wide as its widest cell. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((r) => r[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
}

/** Every flow by name, with the kinds of data that it is for. */
function list(options: AnswerOptions, io: Io): void {
  const names = [...new Set(kinds.flatMap((kind) => Object.keys(kind.flows)))];
  const rows = names.map((name) => {
    const of = kinds.filter((kind) => Object.hasOwn(kind.flows, name));
    const isDefault = of.filter((kind) => Object.keys(kind.flows)[0] === name).map((kind) => kind.plural);
    return { name, summary: of[0]!.flows[name]!.summary, data: of.map((kind) => kind.plural), default: isDefault };
  });
  const text = aligned([
    ["name", "for", "what it is"],
    ...rows.map((r) => [
      r.name,
      r.data.map((d) => (r.default.includes(d) ? `${d} (default)` : d)).join(", "),
      r.summary,
    ]),
  ]);
  head(io, options, text[0]!);
  rows.forEach((row, i) => void answer(io, options, row, text[i + 1]!));
}

/** Prints the flows there are, or the options of one. @throws {UsageError} where there is none of that name */
export function flows(name: string | undefined, options: AnswerOptions, io: Io): number {
  if (name === undefined) {
    list(options, io);
    return EXIT.done;
  }
  const names = kinds.flatMap((k) => Object.keys(k.flows));
  const known = named(names, name);
  if (known === undefined)
    throw new UsageError("unknown-flow", `There is no flow "${name}".`, { hint: nearest(names, name) });
  const { summary, options: schema, fromData } = kinds.find((k) => Object.hasOwn(k.flows, known))!.flows[known]!;
  const rows = optionRows(schema, fromData);
  if (!options.json) io.line(`${known}: ${summary}`);
  const text = aligned([
    ["option", "type", "default", "what it is"],
    ...rows.map((r) => [r.name, r.type, typed(r.default), r.description]),
  ]);
  head(io, options, text[0]!);
  rows.forEach((row, i) => void answer(io, options, row, text[i + 1]!));
  return EXIT.done;
}
