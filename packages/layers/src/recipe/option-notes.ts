/**
 * What lists of options say of each.
 *
 * @module
 */
import type { z } from "@normflow/core";

/** A sentence about an option, and what holds where nobody sets it. */
export interface OptionNote {
  readonly description: string;
  readonly default?: unknown;
}

/** Notes by the schema of the option. */
export const optionNotes: WeakMap<object, OptionNote> = new WeakMap();

/** Notes a sentence and a default with a schema, and returns a schema of its own for them. */
export function noted<S extends z.Schema<never> | z.Schema<unknown>>(
  schema: S,
  description: string,
  standard?: unknown,
): S {
  const own = { ...schema };
  optionNotes.set(own, standard === undefined ? { description } : { description, default: standard });
  return own;
}
