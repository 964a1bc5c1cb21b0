/**
 * Options of flows: as schemas describe them, and as a command line gives them.
 *
 * @module
 */
import type { z } from "@normflow/core";
import { optionNotes } from "@normflow/layers";
import { InvalidArgumentError } from "commander";

/** An option of a flow, for lists. */
export interface OptionRow {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

/** What an option must be, in words: "a whole number, at least 1". */
type Schema = Pick<z.Schema<unknown>, "expected" | "fields" | "item">;

/** The options of a schema, those left out that follow from the data. */
export const optionRows = (schema: Schema, fromData: readonly string[] = []): OptionRow[] =>
  Object.entries(schema.fields ?? {})
    .filter(([name]) => !fromData.includes(name))
    .map(([name, option]) => {
      const note = optionNotes.get(option);
      return { name, type: option.expected.replace(/, and in a file .*$/, ""), default: note?.default ?? null, description: note?.description ?? "" };
    });

/** Options with a single value made a list of one where the schema wants a list, as `hidden=64` means it. */
export const listed = (schema: Schema, options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const own = Object.hasOwn(schema.fields ?? {}, name) ? schema.fields![name] : undefined;
      return [name, own?.item && !Array.isArray(value) ? [value] : value];
    }),
  );

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Collects `name=value`: a number, true or false, a word, or several of these with commas between. */
export function flowOption(text: string, before: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const [, name, value] = /^([A-Za-z]\w*)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("It has the form name=value, such as hidden=64,64.");
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  const whole = parsedValue(value);
  const parts = value.split(",");
  return { ...before, [name]: typeof whole === "string" && parts.length > 1 ? parts.map(parsedValue) : whole };
}
