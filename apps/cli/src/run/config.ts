/**
 * The settings of a training run: defaults of the kind of data, then the configuration file, then the flags.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { recipes } from "@normflow/layers";
import * as z from "zod";
import { UsageError } from "../io.ts";

const schema = z.strictObject({
  flow: z.string(),
  seed: z.int().min(0),
  epochs: z.int().min(1).max(1_000_000),
  batch: z.int().min(1).max(1_000_000),
  lr: z.number().positive(),
  betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]),
  weightDecay: z.number().min(0),
  clip: z.number().positive(),
  warmup: z.int().min(0),
  floor: z.number().min(0).max(1),
  /** Decay of the running average of the parameters; 0 keeps none. */
  average: z.number().min(0).lt(1),
  /** Steps between checkpoints; 0 writes one with each evaluation only. */
  checkpointEvery: z.int().min(0),
  /** Size of the flow: those of the recipe, or width, blocks, heads, hidden and dropout of the melody flow. */
  options: z.record(z.string(), z.unknown()),
});

/** Settings of a run, resolved. */
export type RunConfig = z.infer<typeof schema>;

const common = { seed: 0, checkpointEvery: 0, options: {} };

/** The design's settings of the melody flow. */
const melody: RunConfig = {
  ...common,
  flow: "melody",
  epochs: 25,
  batch: 96,
  lr: 2e-3,
  betas: [0.9, 0.98],
  weightDecay: 0.02,
  clip: 1,
  warmup: 200,
  floor: 0.02,
  average: 0,
};

/** Settings for tables: passes over the data that make some three thousand steps. */
const table = (rows: number): RunConfig => ({
  ...common,
  flow: "maf",
  epochs: Math.max(10, Math.min(400, Math.round((3000 * 256) / Math.max(1, rows)))),
  batch: 256,
  lr: 1e-3,
  betas: [0.9, 0.999],
  weightDecay: 0,
  clip: 5,
  warmup: 0,
  floor: 0.02,
  average: 0.99,
});

const named = (names: readonly string[], name: string): string => {
  const near = names.find((n) => n.toLowerCase() === name.toLowerCase() || n.startsWith(name) || name.startsWith(n));
  return near ? `Did you mean "${near}"?` : `Known are ${names.join(", ")}.`;
};

/** Settings from a configuration file. @throws {UsageError} where it is no JSON, or names what is not a setting */
function fromFile(path: string): Partial<RunConfig> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UsageError("config", `The configuration ${path} cannot be read.`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError("config", `The configuration ${path} is no JSON.`, {
      cause,
      hint: cause instanceof Error ? `${cause.message}.` : "",
    });
  }
  const parsed = schema.partial().safeParse(value);
  if (parsed.success) return parsed.data as Partial<RunConfig>;
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys")
    throw new UsageError("config", `The configuration ${path} has a setting "${issue.keys[0]}" that there is not.`, {
      hint: named(Object.keys(schema.shape), issue.keys[0]!),
    });
  throw new UsageError("config", `The configuration ${path}: ${issue?.path.join(".") || "it"}: ${issue?.message}.`);
}

/** Resolves the settings of a run. @throws {UsageError} where a flow is unknown or does not suit the data */
export function resolveConfig(
  kind: "melody" | "table",
  rows: number,
  file: string | undefined,
  flags: Partial<RunConfig>,
): RunConfig {
  const given = Object.fromEntries(Object.entries(flags).filter(([, v]) => v !== undefined));
  const config = schema.parse({
    ...(kind === "melody" ? melody : table(rows)),
    ...(file === undefined ? {} : fromFile(file)),
    ...given,
  });
  const known = kind === "melody" ? ["melody"] : Object.keys(recipes);
  if (!known.includes(config.flow))
    throw new UsageError(
      "unknown-flow",
      `There is no flow "${config.flow}" for ${kind === "melody" ? "melodies" : "tables"}.`,
      { hint: named(known, config.flow) },
    );
  return config;
}

/** Settings that a run wrote. */
export function readConfig(text: string): RunConfig {
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new UsageError("config", "The run's config.resolved.json is damaged.");
  return parsed.data;
}
