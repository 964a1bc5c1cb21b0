/**
 * The settings of a training run: defaults of the kind of data, then the configuration file, then the flags.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { UsageError } from "../io.ts";
import type { DataKind } from "../kinds/kind.ts";
import { named, nearest } from "./names.ts";

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
  /** Columns of a table that the flow conditions on. */
  context: z.array(z.string().min(1)),
  /** Columns of a table that the flow never sees. */
  ignore: z.array(z.string().min(1)),
  /** Options of the flow, as `flowctl flows NAME` lists them. */
  options: z.record(z.string(), z.unknown()),
});

/** Settings of a run, resolved. */
export type RunConfig = z.infer<typeof schema>;

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
      hint: nearest(Object.keys(schema.shape), issue.keys[0]!),
    });
  throw new UsageError("config", `The configuration ${path}: ${issue?.path.join(".") || "it"}: ${issue?.message}.`);
}

/** The settings that a user gives: the configuration file's, and before them the flags. */
export function givenSettings(file: string | undefined, flags: Partial<GivenFlags>): Partial<RunConfig> {
  const fromIt: Partial<RunConfig> = file === undefined ? {} : fromFile(file);
  const given = Object.fromEntries(Object.entries(flags).filter(([, v]) => v !== undefined)) as Partial<RunConfig>;
  return { ...fromIt, ...given, options: { ...fromIt.options, ...given.options } };
}

/** Flags as a command line leaves them: present or undefined. */
type GivenFlags = { readonly [K in keyof RunConfig]: RunConfig[K] | undefined };

/** The flow of a kind of data that a name means, in any letter case. @throws {UsageError} where there is none */
function flowOf({ flows, plural }: DataKind, name: string): string {
  const known = Object.keys(flows);
  const flow = named(known, name);
  if (flow !== undefined) return flow;
  throw new UsageError("unknown-flow", `There is no flow "${name}" for ${plural}.`, { hint: nearest(known, name) });
}

/** Resolves the settings of a run. @throws {UsageError} where a flow is unknown or does not suit the data */
export function resolveConfig(kind: DataKind, rows: number, given: Partial<RunConfig>): RunConfig {
  const flow = given.flow === undefined ? undefined : flowOf(kind, given.flow);
  return schema.parse({ ...kind.settings(rows, flow), ...given, ...(flow === undefined ? {} : { flow }) });
}

/** Settings that a run wrote. */
export function readConfig(text: string): RunConfig {
  const parsed = schema.safeParse({ context: [], ignore: [], ...JSON.parse(text) });
  if (!parsed.success) throw new UsageError("config", "The run's config.resolved.json is damaged.");
  return parsed.data;
}
