/**
 * Options of flows: as schemas describe them, and as a command line gives them.
 *
 * @module
 */
import { positive, size } from "@normflow/core";
import { optionNotes } from "@normflow/layers";
import { InvalidArgumentError } from "commander";
import type * as z from "zod";

/** An option of a flow, for lists. */
export interface OptionRow {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypeDef & {
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly items?: readonly Schema[];
  readonly options?: readonly Schema[];
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
};
const definition = (schema: Schema): Definition => schema._zod.def as Definition;

/** A schema without what makes it optional. */
function bare(schema: Schema): Schema {
  const { type, innerType } = definition(schema);
  return innerType && (type === "optional" || type === "default" || type === "nullable") ? bare(innerType) : schema;
}

/** A schema in words: "whole number", "list of whole numbers", "true or false", "one of a, b". */
function typeText(schema: Schema, many = false): string {
  const inner = bare(schema);
  const s = many ? "s" : "";
  if (inner === size) return `whole number${s}`;
  if (inner === positive) return `positive number${s}`;
  const { type, element, entries, values, items, options } = definition(inner);
  switch (type) {
    case "array":
      return `list of ${typeText(element!, true)}`;
    case "tuple":
      return `list of ${items!.length} ${typeText(items![0]!, true)}`;
    case "enum":
      return `one of ${Object.values(entries!).join(", ")}`;
    case "literal":
      return values!.map(String).join(" or ");
    case "union":
      return options!.map((o) => typeText(o, many)).join(" or ");
    case "boolean":
      return "true or false";
    case "number":
      return `${(inner._zod.bag as { format?: string }).format === "safeint" ? "whole number" : "number"}${s}`;
    case "string":
      return `text${s}`;
    default:
      return `value${s}`;
  }
}

/** The options of a schema by name. */
const shapeOf = (schema: Schema): Readonly<Record<string, Schema>> => definition(bare(schema)).shape ?? {};

/** The options of a schema, those left out that follow from the data. */
export const optionRows = (schema: Schema, fromData: readonly string[] = []): OptionRow[] =>
  Object.entries(shapeOf(schema))
    .filter(([name]) => !fromData.includes(name))
    .map(([name, option]) => {
      const note = optionNotes.get(option);
      return { name, type: typeText(option), default: note?.default ?? null, description: note?.description ?? "" };
    });

/** Options with a single value made a list of one where the schema wants a list, as `hidden=64` means it. */
export const listed = (schema: Schema, options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const own = Object.hasOwn(shapeOf(schema), name) ? definition(bare(shapeOf(schema)[name]!)) : undefined;
      return [name, own?.type === "array" && !Array.isArray(value) ? [value] : value];
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
