/**
 * What lists of options say of each.
 *
 * @module
 */
import * as z from "zod/mini";

/** A sentence about an option, and what holds where nobody sets it. */
export interface OptionNote {
  readonly description: string;
  readonly default?: unknown;
}

/** Notes by the schema of the option. */
export const optionNotes: z.core.$ZodRegistry<OptionNote> = z.registry<OptionNote>();

/** Notes a sentence and a default with a schema, and returns the schema. */
export function noted<S extends z.core.$ZodType>(schema: S, description: string, standard?: unknown): S {
  optionNotes.add(schema, standard === undefined ? { description } : { description, default: standard });
  return schema;
}
