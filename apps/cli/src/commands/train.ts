/**
 * flowctl train: from data to a model.
 *
 * @module
 */
import { type Backend, FlowError } from "@normflow/core";
import { type AnswerOptions, answerFacts } from "../answer.ts";
import { type EngineOptions, openBackend } from "../engine.ts";
import { EXIT, type Io, UsageError } from "../io.ts";
import { kindOf } from "../kinds/kinds.ts";
import { givenSettings, readConfig, resolveConfig } from "../run/config.ts";
import { createRun, readRun, refuseExisting, trainRun } from "../run/train.ts";

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
  /** Columns to condition on, with commas between. */
  readonly context?: string;
  /** Columns to leave out, with commas between. */
  readonly ignore?: string;
  /** Options of the flow. */
  readonly option?: Readonly<Record<string, unknown>>;
  readonly resume?: boolean;
  readonly checkpointEvery?: number;
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

/** Names of columns with commas between. */
const columnList = (text: string | undefined): string[] | undefined => text?.split(",").map((column) => column.trim());

/** Trains a flow and prints one line about it. */
export async function train(data: string, options: TrainCommand, io: Io): Promise<number> {
  const { output, seed, epochs, batch, lr, flow: name, config: file, timeLimit, checkpointEvery } = options;
  const [context, ignore] = [columnList(options.context), columnList(options.ignore)];
  const flags = { seed, epochs, batch, lr, flow: name, checkpointEvery, context, ignore, options: options.option };
  const earlier = options.resume ? readRun(output) : undefined;
  if (!earlier) refuseExisting(output);
  if (earlier) {
    const named = Object.entries({ ...flags, config: file }).filter(([, v]) => v !== undefined);
    if (named.length > 0)
      throw new UsageError(
        "resume-options",
        `A run goes on with its own settings; --${named[0]![0].replace("options", "option")} cannot change them.`,
        { hint: "Leave it away, or start another run." },
      );
  }
  const kind = kindOf(data);
  const given = earlier ? readConfig(earlier.config) : givenSettings(file, flags);
  const request = { seed: given.seed ?? 0, context: given.context ?? [], ignore: given.ignore ?? [] };
  if (request.ignore.length > 0 && !kind.hasColumns)
    throw new UsageError("ignore", `There are no columns to leave out of ${kind.plural}.`, {
      hint: "Leave --ignore away.",
    });
  const prepared = await kind.read(data, request, io);
  const job = prepared.job(resolveConfig(kind, prepared.rows, given));
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
