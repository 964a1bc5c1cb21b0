/**
 * flowctl train: from data to a model.
 *
 * @module
 */
import { statSync } from "node:fs";
import { type Backend, chain, type Flow, FlowError, flow } from "@normflow/core";
import { type Recipe, recipes, rescale } from "@normflow/layers";
import { type MelodyFlowOptions, melodyFlow } from "@normflow/music";
import * as z from "zod";
import { type AnswerOptions, answerFacts } from "../answer.ts";
import { isMelodyName, melodyRows, readMelodies } from "../data/melodies.ts";
import { prepareTable } from "../data/prepare.ts";
import { isTableName, readTable } from "../data/table.ts";
import type { Problem } from "../data/walk.ts";
import { type EngineOptions, openBackend } from "../engine.ts";
import { EXIT, type Io, UsageError } from "../io.ts";
import { type RunConfig, readConfig, resolveConfig } from "../run/config.ts";
import { createRun, type Job, readRun, refuseExisting, trainRun } from "../run/train.ts";

/** Options of the command. */
export interface TrainCommand extends EngineOptions, AnswerOptions {
  readonly output: string;
  readonly flow?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly timeLimit?: number;
  readonly config?: string;
  readonly resume?: boolean;
  readonly checkpointEvery?: number;
}

/** The first few problems, and how many there are. */
function tell(io: Io, problems: readonly Problem[]): void {
  const shown = 10;
  for (const { file, error } of problems.slice(0, shown)) io.message(`skipped ${file}: ${error}`);
  if (problems.length > shown) io.message(`skipped ${problems.length - shown} more.`);
}

/** Sizes of the melody flow that a configuration may set. */
const melodyOptions = z.strictObject({
  width: z.int().min(1).max(4096).optional(),
  blocks: z.int().min(1).max(64).optional(),
  heads: z.int().min(1).max(64).optional(),
  hidden: z.int().min(1).max(65_536).optional(),
  dropout: z.number().min(0).lt(1).optional(),
});

/** Makes a flow of options from outside. @throws {UsageError} where they do not fit it */
function makeFlow<T>(name: string, schema: z.core.$ZodType<T>, options: unknown, make: (options: T) => Flow): Flow {
  const parsed = z.core.safeParse(schema, options);
  const hint = 'Correct "options" in the configuration.';
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

type Prepare = (config: (kind: "melody" | "table", rows: number) => RunConfig) => Job;

function prepareMelodies(path: string, io: Io): Prepare {
  const data = readMelodies(path);
  const { counts } = data;
  tell(io, data.problems);
  io.message(
    `${counts.files} files read, ${data.problems.length} skipped; ${counts.unique} different melodies, ${counts.inRange.train} train, ${counts.inRange.valid} validate, ${counts.inRange.test} test.`,
  );
  if (counts.inRange.train < 2 || counts.inRange.valid < 1 || counts.inRange.test < 1)
    throw new UsageError(
      "too-few-melodies",
      `${path} gives ${counts.inRange.train} melodies to train, ${counts.inRange.valid} to validate and ${counts.inRange.test} to test; each needs some.`,
      {
        hint: "Add tunes in 4/4, 2/2 or 2/4: MIDI, ABC or MusicXML. The split goes by file name.",
      },
    );
  return (resolve) => {
    const train = melodyRows(data, "train");
    const config = resolve("melody", train.x.shape[0]!);
    return {
      flow: makeFlow(config.flow, melodyOptions, config.options, (options) => melodyFlow(options as MelodyFlowOptions)),
      train,
      valid: melodyRows(data, "valid"),
      test: melodyRows(data, "test"),
      config,
      unit: "bits",
      data: { kind: "melodies", files: counts.files, tunes: counts.tunes, windows: counts.unique, sha256: data.sha256 },
    };
  };
}

async function prepareNumbers(path: string, seed: number, io: Io): Promise<Prepare> {
  const table = await readTable(path);
  const data = prepareTable(table, seed);
  if (data.constant.length > 0)
    io.message(
      `Left out, as they do not vary: ${data.constant.slice(0, 8).join(", ")}${data.constant.length > 8 ? ", …" : ""}.`,
    );
  io.message(`${table.rows} rows of ${data.columns.length} columns read.`);
  return (resolve) => {
    const config = resolve("table", data.train.x.shape[0]!);
    const recipe = recipes[config.flow as keyof typeof recipes] as Recipe<object>;
    const options = { ...config.options, features: data.columns.length };
    const inner = makeFlow(config.flow, recipe.options, options, (all) => recipe.make(all));
    const standardised: Flow = flow({
      base: inner.base,
      bijector: chain([inner.bijector, rescale({ shift: [...data.shift], scale: [...data.scale] })]),
    });
    return {
      flow: standardised,
      train: data.train,
      valid: data.valid,
      test: data.test,
      config,
      loss: recipe.loss?.(options),
      unit: "nats",
      data: { kind: "table", rows: table.rows, columns: data.columns, sha256: table.sha256 },
    };
  };
}

function prepare(path: string, seed: number, io: Io): Prepare | Promise<Prepare> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (cause) {
    throw new UsageError("no-such-file", `There is nothing to read at ${path}.`, { hint: "Check the path.", cause });
  }
  if (isFolder || isMelodyName(path)) return prepareMelodies(path, io);
  if (isTableName(path)) return prepareNumbers(path, seed, io);
  throw new UsageError("unknown-data", `What kind of data ${path} holds does not follow from its name.`, {
    hint: "Give a folder of .mid, .abc or .mxl melodies, or a .csv, .npy or .npz table.",
  });
}

/** Signals of a process as an AbortSignal; the second one ends the process at once. */
function interruption(io: Io): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const release = (): void => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, stop);
  };
  const stop = (): void => {
    if (controller.signal.aborted) {
      // Without a listener the signal ends the process as it stands, also in the middle of a run of the worker.
      release();
      process.kill(process.pid, "SIGINT");
      return;
    }
    io.message("Stopping after this step; once more to stop at once.");
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
  return { signal: controller.signal, release };
}

/** Trains a flow and prints one line about it. */
export async function train(data: string, options: TrainCommand, io: Io): Promise<number> {
  const { output, seed, epochs, batch, lr, flow: name, config: file, timeLimit, checkpointEvery } = options;
  const flags = { seed, epochs, batch, lr, flow: name, checkpointEvery };
  const earlier = options.resume ? readRun(output) : undefined;
  if (!earlier) refuseExisting(output);
  if (earlier) {
    const named = Object.entries({ ...flags, config: file }).filter(([, v]) => v !== undefined);
    if (named.length > 0)
      throw new UsageError(
        "resume-options",
        `A run goes on with its own settings; --${named[0]![0]} cannot change them.`,
        { hint: "Leave it away, or start another run." },
      );
  }
  const own = earlier && readConfig(earlier.config);
  const make = await prepare(data, own?.seed ?? seed ?? 0, io);
  const job = make((kind, rows) => own ?? resolveConfig(kind, rows, file, flags as Partial<RunConfig>));
  if (earlier && earlier.sha256 !== job.data.sha256)
    throw new UsageError("other-data", `${data} is not what ${output} was trained on.`, {
      hint: "Give the same data, or start another run.",
    });
  let backend: Backend | undefined;
  const { signal, release } = interruption(io);
  try {
    backend = await openBackend(options);
    if (!earlier) createRun(output, job.config, job.data);
    io.message(`Training ${job.config.flow} on ${backend.describe()}.`);
    answerFacts(io, options, await trainRun(output, job, backend, io, { timeLimit, signal }));
    return EXIT.done;
  } catch (error) {
    if (error instanceof FlowError || (error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    throw new FlowError("disk-full", "The disk is full.", {
      hint: `What was saved before is whole; go on with --resume once there is room in ${output}.`,
      cause: error,
    });
  } finally {
    release();
    await backend?.dispose();
  }
}
