/**
 * Flows of options that come from outside.
 *
 * @module
 */
import { type Flow, FlowError, parseOptions, type z } from "@normflow/core";
import { UsageError } from "../io.ts";
import { listed } from "../run/options.ts";

/** Makes a flow of options from outside. @throws {UsageError} where they do not fit it */
export function makeFlow<T extends object>(
  name: string,
  schema: z.Schema<T>,
  options: Readonly<Record<string, unknown>>,
  make: (options: T) => Flow,
): Flow {
  const hint = `flowctl flows ${name} lists its options.`;
  try {
    return make(parseOptions(name, schema, listed(schema, options)));
  } catch (cause) {
    if (!(cause instanceof FlowError)) throw cause;
    const where = cause.message.startsWith(`${name}: `) ? "" : `${name}: `;
    const remedy = cause.code === "layer-options" ? hint : (cause.hint ?? hint);
    throw new UsageError("flow-options", `The flow ${where}${cause.message}`, { hint: remedy, cause });
  }
}
