/**
 * Descriptions: plain objects that say what a flow is made of, and go into a file and come back.
 *
 * A description has a `kind` and `options`, which may hold further descriptions. A file names kinds; the code for them
 * comes from the list that the reader passes.
 *
 * @module
 */

import { FormatError, OptionError } from "../error.ts";
import { isPlausible } from "./limits.ts";
import * as z from "./schema.ts";

/** Anything with a kind and options. */
export interface Described {
  readonly kind: string;
  /** Plain data, or further descriptions, or lists and records of these. */
  readonly options: object;
}

/** A factory of one kind of description. */
export interface Kind<T extends Described = Described> {
  (options: never): T;
  readonly kind: string;
}

/** A positive whole number, as sizes are, in an options schema. */
export const size: z.Schema<number> = z.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) > 0 && isPlausible(value as number),
  "a positive whole number, and in a file none that is out of all proportion",
);

/** A number above 0, in an options schema. */
export const positive: z.Schema<number> = z.custom<number>(
  (value) => Number.isFinite(value) && (value as number) > 0,
  "a positive number",
);

/** A shape of fixed sizes, in an options schema. */
export const shape: z.Schema<number[]> = z.array(size);

const isDescribed = (value: unknown): value is Described =>
  typeof value === "object" &&
  value !== null &&
  "kind" in value &&
  "options" in value &&
  typeof value.kind === "string";

/** A description in an options schema: anything with a kind of the wanted role. */
export const part = <T extends Described>(role: string): z.Schema<T> =>
  z.custom<T>((value) => isDescribed(value) && (value as { role?: unknown }).role === role, `a ${role}`);

/**
 * Validates options.
 * @throws {OptionError} `layer-options`, whose sentence names the kind and the option; the hint says what it takes
 */
export const parseOptions = <O extends object>(kind: string, schema: z.Schema<O>, options: unknown): O =>
  schema.read(options, (message, path = []) => {
    throw new OptionError(
      "layer-options",
      `${kind}: ${path.length === 0 ? "the options" : `option ${path.join(".")}`}: ${message}.`,
      { hint: `The options of ${kind} are ${schema.expected}.` },
    );
  });

/** Plain data of a description, for a file. */
export function toJSON(value: unknown): unknown {
  if (isDescribed(value)) return { kind: value.kind, options: toJSON(value.options) };
  if (Array.isArray(value)) return value.map(toJSON);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .map(([k, v]) => [k, toJSON(v)]),
    );
  return value;
}

const MAX_DEPTH = 64;

/**
 * Builds a description from plain data and a list of kinds.
 * @throws {FormatError} `unknown-kind`, naming the kind that the list does not hold
 */
export function fromJSON(value: unknown, kinds: readonly Kind[], depth = 0): unknown {
  if (depth > MAX_DEPTH)
    throw new FormatError("too-deep", `A description is nested more than ${MAX_DEPTH} levels deep.`, {
      hint: "It is damaged, or was edited by hand.",
    });
  if (Array.isArray(value)) return value.map((v) => fromJSON(v, kinds, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([k, v]) => [k, fromJSON(v, kinds, depth + 1)] as const);
  if (!isDescribed(value)) return Object.fromEntries(entries);
  const factory = kinds.find((k) => k.kind === value.kind);
  if (!factory)
    throw new FormatError(
      "unknown-kind",
      `The file holds a layer of kind "${value.kind}", which is not among those given.`,
      {
        hint: `Pass its factory: load(bytes, { layers: [...all, ${/^\w+$/.test(value.kind) ? value.kind : "yourLayer"}] }).`,
      },
    );
  const options = entries.find(([k]) => k === "options")![1];
  return (factory as unknown as (options: unknown) => Described)(options);
}
