/**
 * Flows for the columns of a table, in the units of the data, and how they are trained.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow } from "@normflow/core";
import {
  latticeDequantize,
  levels,
  type Recipe,
  recipes,
  rescale,
  rescaleContext,
  type TableColumns,
} from "@normflow/layers";
import type { Standardisation } from "../data/prepare.ts";
import { UsageError } from "../io.ts";
import type { RunConfig } from "../run/config.ts";
import { makeFlow } from "./make-flow.ts";

/** The flow that a table is trained with unless told. */
export const DEFAULT_FLOW: keyof typeof recipes = "tabular";

/** Options that follow from the columns. */
export const FROM_DATA: readonly string[] = [
  "features",
  "context",
  "categories",
  "columns",
  "event",
  "steps",
  "values",
  "dequantize",
];

/** Settings for so many training rows: passes over them that make some thousand steps, three thousand for other flows. */
export function tableSettings(rows: number, name: string = DEFAULT_FLOW): RunConfig {
  const isDefault = name === DEFAULT_FLOW;
  const steps = isDefault ? 1000 : 3000;
  return {
    flow: name,
    seed: 0,
    epochs: Math.max(10, Math.min(400, Math.round((steps * 256) / Math.max(1, rows)))),
    batch: 256,
    lr: isDefault ? 2e-3 : 1e-3,
    betas: [0.9, 0.999],
    weightDecay: isDefault ? 0.01 : 0,
    clip: 5,
    warmup: 0,
    floor: 0.02,
    average: isDefault ? 0.98 : 0.99,
    checkpointEvery: 0,
    context: [],
    ignore: [],
    options: {},
  };
}

/** The layers that bring a flow of standardised columns into the units of the data, discrete ones dequantized. */
const dataEnd = ({ shift, scale, step, origin }: TableColumns): Bijector[] => [
  rescale({ shift, scale }),
  ...(step.some((s) => s > 0) ? [latticeDequantize({ step, origin })] : []),
];

/**
 * The flow of a recipe for measured columns.
 * @param values of each column, where a column is one of so many levels
 * @throws {UsageError} where its options do not fit it
 */
export function tableFlow(
  { flow: name, options, epochs, batch }: Pick<RunConfig, "flow" | "options" | "epochs" | "batch">,
  columns: TableColumns,
  context: Standardisation = { shift: [], scale: [] },
  values?: number[][],
): Flow {
  const recipe = recipes[name as keyof typeof recipes] as Recipe<object>;
  const set = FROM_DATA.find((option) => Object.hasOwn(options, option));
  if (set)
    throw new UsageError("flow-options", `The option ${set} follows from the table and cannot be set.`, {
      hint: "The columns to condition on are given by --context.",
    });
  const given = context.shift.length;
  const own = name === DEFAULT_FLOW;
  const { base, bijector } = makeFlow(
    name,
    recipe.options,
    {
      ...options,
      features: columns.shift.length,
      ...(given > 0 ? { context: given } : {}),
      ...(values ? { categories: values.map((v) => v.length) } : {}),
      ...(own ? { columns, steps: epochs * Math.max(1, Math.floor(columns.rows / batch)) } : {}),
    },
    recipe.make,
  );
  const layer =
    given > 0 ? rescaleContext({ layer: bijector, shift: [...context.shift], scale: [...context.scale] }) : bijector;
  if (own) return flow({ base, bijector: layer });
  return flow({ base, bijector: chain([layer, ...(values ? [levels({ values })] : dataEnd(columns))]) });
}
