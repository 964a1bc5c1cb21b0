/**
 * Flows of options that come from outside.
 *
 * @module
 */
import { type Flow, FlowError } from "@normflow/core";
import * as z from "zod";
import { UsageError } from "../io.ts";
import { listed } from "../run/options.ts";

/** Makes a flow of options from outside. @throws {UsageError} where they do not fit it */
export function makeFlow<T>(
  name: string,
  schema: z.core.$ZodType<T>,
  options: Readonly<Record<string, unknown>>,
  make: (options: T) => Flow,
): Flow {
  const parsed = z.core.safeParse(schema, listed(schema, options));
  const hint = `flowctl flows ${name} lists its options.`;
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue!.path.length > 0 ? `option ${issue!.path.join(".")}: ` : "";
    throw new UsageError("flow-options", `The flow ${name}: ${at}${issue!.message}.`, { hint });
  }
  try {
    return make(parsed.data);
  } catch (cause) {
    if (!(cause instanceof FlowError)) throw cause;
    throw new UsageError("flow-options", `The flow ${name}: ${cause.message}`, { hint: cause.hint ?? hint, cause });
  }
}
