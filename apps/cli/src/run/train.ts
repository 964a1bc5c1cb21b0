/**
 * A training run in its folder: steps, evaluations, checkpoints, and how it ends.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type Backend,
  type Flow,
  type Loss,
  Model,
  type RowSource,
  type Rows,
  resolveFitOptions,
  rowSource,
  saveCheckpoint,
  saveWeights,
  Trainer,
  type TrainerState,
  type Weights,
} from "@normflow/core";
import { Interrupted, type Io, UsageError } from "../io.ts";
import { openNamed } from "../models.ts";
import type { RunConfig } from "./config.ts";
import { environment } from "./environment.ts";
import { appendLine, keepLines, lock, removePartials, writeWhole } from "./files.ts";
import { plot } from "./plot.ts";
import { progressLine } from "./progress.ts";

/** What is trained on what. */
export interface Job {
  readonly flow: Flow;
  readonly train: Rows | RowSource;
  readonly valid: Rows;
  readonly test: Rows;
  readonly config: RunConfig;
  /** What training minimises, where it is not the negative log-likelihood that validation measures. */
  readonly loss?: Loss | undefined;
  /** Nats are divided by ln 2 for bits. */
  readonly unit: "bits" | "nats";
  /** Entries of an event that figures are given for, one by one: the characters of a text; 1 unless told. */
  readonly entries?: number;
  /** The test figure, where it is not the mean over the test rows. */
  readonly measure?: (model: Model) => Promise<number>;
  /** What the model file says of the data. */
  readonly data: Readonly<Record<string, unknown>> & { readonly sha256: string };
}

/** The figures at the end of a run. */
export interface Summary {
  readonly run: string;
  readonly model: string;
  readonly backend: string;
  readonly parameters: number;
  readonly items: { readonly train: number; readonly valid: number; readonly test: number };
  readonly valid: Readonly<Record<string, number>>;
  readonly test: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** One line of metrics.jsonl. */
interface Metrics {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly valid: number;
}

/** Sums over the steps since the last evaluation, which a checkpoint carries on. */
interface Running {
  sum: number;
  steps: number;
}

const files = (run: string) => ({
  config: join(run, "config.resolved.json"),
  env: join(run, "env.json"),
  metrics: join(run, "metrics.jsonl"),
  checkpoints: join(run, "checkpoints"),
  last: join(run, "checkpoints", "last.safetensors"),
  model: join(run, "model.safetensors"),
  plot: join(run, "loss.svg"),
});

/** Refuses a folder for a new run. @throws {UsageError} `run-exists` where something is in it */
export function refuseExisting(run: string): void {
  const stats = statSync(run, { throwIfNoEntry: false });
  if (stats && !stats.isDirectory())
    throw new UsageError("run-exists", `${run} is a file.`, { hint: "Choose another place for the run." });
  if (stats && readdirSync(run).some((name) => name !== ".lock"))
    throw new UsageError("run-exists", `${run} exists already and is not empty.`, {
      hint: "Choose another folder, or go on with that run by --resume.",
    });
}

/** Makes the folder of a new run. @throws {UsageError} `run-exists` where something is in it */
export function createRun(run: string, config: RunConfig, data: Job["data"]): void {
  refuseExisting(run);
  mkdirSync(files(run).checkpoints, { recursive: true });
  writeWhole(files(run).config, `${JSON.stringify({ ...config, data: data.sha256 }, null, 2)}\n`);
}

/** The settings of a run that stopped. @throws {UsageError} `no-run` where there is none */
export function readRun(run: string): { readonly config: string; readonly sha256: string } {
  const path = files(run).config;
  if (!existsSync(path))
    throw new UsageError("no-run", `${run} holds no run to go on with.`, { hint: "Start one without --resume." });
  const { data, ...config } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  return { config: JSON.stringify(config), sha256: String(data) };
}

/** What stands at the last checkpoint of a run; nothing before its first. */
function readCheckpoint(run: string): { readonly state: TrainerState; readonly running: Running } | undefined {
  const path = files(run).last;
  if (!existsSync(path)) return undefined;
  const opened = openNamed(path);
  return { state: opened.trainer!, running: opened.extra as Running };
}

/** The figure of the test rows. */
async function testFigure(
  job: Job,
  trainer: Trainer,
  weights: Weights,
  backend: Backend,
  per: number,
): Promise<number> {
  if (!job.measure) return (await trainer.meanLoss(job.test, weights)) / per;
  const model = new Model(job.flow, weights, backend);
  try {
    return await job.measure(model);
  } finally {
    await model.dispose();
  }
}

/**
 * Trains until the last step, the time limit or an interruption, from the last checkpoint where there is one.
 *
 * After each evaluation the metrics line, the checkpoint and, where it is the best so far, the model are written in this
 * order, each whole: whenever the process is killed, the model that stands is one whose figure is in the metrics.
 * @throws {Interrupted} where the signal fired, with everything saved
 */
export async function trainRun(
  run: string,
  job: Job,
  backend: Backend,
  io: Io,
  options: { readonly timeLimit?: number | undefined; readonly signal: AbortSignal },
): Promise<Summary> {
  const release = lock(run);
  const start = performance.now();
  const paths = files(run);
  const { config, unit } = job;
  const per = (unit === "bits" ? Math.LN2 : 1) * (job.entries ?? 1);
  // A loss that is no likelihood has no unit, and no place beside one in a picture.
  const lossPer = job.loss ? 1 : per;
  removePartials(run);
  const before = readCheckpoint(run);
  const resolved = resolveFitOptions(
    {
      backend,
      seed: config.seed,
      epochs: config.epochs,
      batch: config.batch,
      learningRate: config.lr,
      betas: config.betas,
      weightDecay: config.weightDecay,
      clip: config.clip,
      schedule: { warmup: config.warmup, shape: "cosine", floor: config.floor },
      average: config.average,
      ...(job.loss ? { loss: job.loss } : {}),
    },
    rowSource(job.train).count,
  );
  const trainer = await Trainer.create(job.flow, job.train, resolved, before ? { state: before.state } : {});
  const running: Running = before ? { ...before.running } : { sum: 0, steps: 0 };
  const upToHere = (line: Record<string, unknown>): boolean =>
    typeof line["step"] === "number" && line["step"] <= trainer.step;
  const history = keepLines(paths.metrics, upToHere) as unknown as Metrics[];
  writeWhole(paths.env, `${JSON.stringify(environment(backend), null, 2)}\n`);

  const items = { train: rowSource(job.train).count, valid: job.valid.x.shape[0]!, test: job.test.x.shape[0]! };
  const facts = (more: object = {}) => ({ unit, data: job.data, training: { ...config, items }, ...more });
  const saveRun = async (): Promise<void> => {
    const state = await trainer.snapshot();
    // Of a state that the next step will leave for the last good one, nothing can go on.
    const sound = Object.values(state.vectors).every((vector) => vector.every(Number.isFinite));
    if (sound) writeWhole(paths.last, saveCheckpoint(job.flow, state, facts(), running));
  };
  const saveModel = async (more: object = {}): Promise<void> => {
    const best = trainer.best && { step: trainer.best.step, valid: { [unit]: trainer.best.valid / per } };
    writeWhole(paths.model, saveWeights(job.flow, await trainer.weights(), facts({ ...best, ...more })));
  };
  const draw = (): void =>
    writeWhole(
      paths.plot,
      plot(`${config.flow}: ${unit} per ${job.entries ? "entry" : "item"}`, "epoch", unit, [
        ...(job.loss ? [] : [{ name: "train", points: history.map((m) => [m.epoch, m.loss] as const) }]),
        { name: "validation", points: history.map((m) => [m.epoch, m.valid] as const) },
      ]),
    );

  try {
    // A model older than the checkpoint is one whose writing a kill prevented.
    if (before?.state.best) await saveModel();
    const show = progressLine(io, trainer.step);
    let [saved, ended] = [trainer.step, false];
    while (trainer.step < resolved.steps && !ended) {
      const result = await trainer.advance();
      if (result.rolledBack) {
        io.message(
          `The loss at step ${trainer.step} was not finite: back to the last good state, at ${2 ** -trainer.rollbacks} of the learning rate.`,
        );
        [running.sum, running.steps] = [0, 0];
        keepLines(paths.metrics, upToHere);
        history.splice(0, history.length, ...history.filter(({ step }) => step <= trainer.step));
        continue;
      }
      running.sum += result.loss / lossPer;
      running.steps++;
      const { step } = trainer;
      show({ step, steps: resolved.steps, loss: running.sum / running.steps, valid: history.at(-1)?.valid, unit });
      const epochEnd = step % trainer.stepsPerEpoch === 0 || step === resolved.steps;
      if (epochEnd) {
        const { valid, improved } = await trainer.evaluate(job.valid);
        const line: Metrics = {
          step,
          epoch: Math.round((step / trainer.stepsPerEpoch) * 1000) / 1000,
          loss: running.sum / running.steps,
          valid: valid / per,
        };
        [running.sum, running.steps] = [0, 0];
        history.push(line);
        appendLine(paths.metrics, JSON.stringify(line));
        await saveRun();
        if (improved) await saveModel();
        draw();
        saved = step;
      } else if (config.checkpointEvery > 0 && step % config.checkpointEvery === 0) {
        await saveRun();
        saved = step;
      }
      ended =
        options.signal.aborted ||
        (options.timeLimit !== undefined && (performance.now() - start) / 1000 >= options.timeLimit);
    }
    if (ended) {
      if (saved !== trainer.step) await saveRun();
      if (!trainer.best) await saveModel();
      const where = `at step ${trainer.step} of ${resolved.steps}`;
      const hint = `Go on by flowctl train DATA -o ${run} --resume.`;
      if (options.signal.aborted)
        throw new Interrupted("interrupted", `Interrupted ${where}; the best model so far is ${paths.model}.`, {
          hint,
        });
      io.message(`The time limit was reached ${where}; the best model so far is kept. ${hint}`);
    }
    const weights = await trainer.weights();
    const test = { [unit]: await testFigure(job, trainer, weights, backend, per) };
    const valid = { [unit]: (await trainer.meanLoss(job.valid, weights)) / per };
    if (!ended) await saveModel({ test });
    return {
      run,
      model: paths.model,
      backend: backend.describe(),
      parameters: trainer.parameters,
      items,
      valid,
      test,
      seconds: Math.round((performance.now() - start) / 100) / 10,
    };
  } finally {
    await trainer.dispose();
    release();
  }
}
