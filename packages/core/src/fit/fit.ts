/**
 * fit(): from a description and data to a model.
 *
 * @module
 */
import { type Abortable, pacedCheckpoint, throwIfAborted } from "../abort.ts";
import type { Backend } from "../backend.ts";
import type { Flow } from "../distribution/flow.ts";
import { OptionError } from "../error.ts";
import { foldIn, permutation, key as seedKey } from "../random/index.ts";
import { type Numbers, takeRows, toHostArray } from "./data.ts";
import { type Loss, negativeLogLikelihood } from "./loss.ts";
import { Model, type Weights } from "./model.ts";
import { type RowSource, type Rows, rowSource } from "./rows.ts";
import type { Schedule } from "./schedule.ts";
import { Trainer, type TrainerOptions } from "./trainer.ts";

/** Data as callers have it. */
export interface FitData {
  readonly x: Numbers;
  readonly context?: Numbers;
}

/** What training reports after each step and each evaluation. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Mean loss of the validation rows, where this step ended with an evaluation. */
  readonly valid: number | undefined;
  /** Whether the loss was not finite and the run went back to its last good state. */
  readonly rolledBack: boolean;
}

/** Settings of `fit`; each has a default that suits tables of some thousand rows. */
export interface FitOptions {
  readonly backend: Backend;
  /** 3000, or as many as `epochs` passes over the data. */
  readonly steps?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly seed?: number;
  readonly learningRate?: number;
  readonly schedule?: Partial<Schedule>;
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly weightDecay?: number;
  /** Largest joint gradient norm; 5 by default, `Infinity` does not clip. */
  readonly clip?: number;
  /** Decay of the running average of the parameters that is evaluated and kept; 0 keeps none. */
  readonly average?: number;
  /** Rows held out for validation, or the share of the data's own rows to hold out (0.1; 0 for none). */
  readonly validation?: FitData | number;
  /** Steps between evaluations; a pass over the data, at least 100. */
  readonly evaluateEvery?: number;
  /** Evaluations without improvement after which training stops. */
  readonly patience?: number;
  readonly loss?: Loss;
  /** Weights to start from: a model's `weights`, or `warmStart(flow, model)` for a model of a similar flow. */
  readonly from?: Weights;
  /** Parameters that stay as they are: parts of the flow by path, `["bijector/layers/0"]`, or a test of each path. */
  readonly frozen?: readonly string[] | ((path: string) => boolean);
  readonly signal?: Abortable;
  /** Told after each step; a page is let draw in between. */
  readonly onProgress?: (progress: Progress) => void;
}

const positive = (name: string, value: number): number => {
  if (!(value > 0) || !Number.isInteger(value))
    throw new OptionError("fit-option", `${name} is a whole number from 1, not ${value}.`, {
      hint: "Leave it out for the default.",
    });
  return value;
};

const frozenTest = (frozen: FitOptions["frozen"]): TrainerOptions["frozen"] =>
  typeof frozen === "object" ? (path) => frozen.some((part) => path === part || path.startsWith(`${part}/`)) : frozen;

/** Resolves the settings of a run over `count` training rows. */
export function resolveFitOptions(options: FitOptions, count: number): TrainerOptions {
  const batch = positive("batch", options.batch ?? 256);
  const perEpoch = Math.max(1, Math.floor(count / Math.min(batch, Math.max(1, count))));
  const steps = options.steps ?? (options.epochs === undefined ? 3000 : positive("epochs", options.epochs) * perEpoch);
  const learningRate = options.learningRate ?? 1e-3;
  if (!(learningRate > 0) || !Number.isFinite(learningRate))
    throw new OptionError("fit-option", `learningRate is a positive number, not ${learningRate}.`, {
      hint: "1e-3 is a good start.",
    });
  const clip = options.clip ?? 5;
  return {
    backend: options.backend,
    seed: options.seed ?? 0,
    steps: positive("steps", steps),
    batch,
    learningRate,
    schedule: { warmup: 0, shape: "cosine", floor: 0.02, ...options.schedule },
    optimiser: {
      betas: options.betas ?? [0.9, 0.999],
      eps: options.eps ?? 1e-8,
      weightDecay: options.weightDecay ?? 0,
      clip: Number.isFinite(clip) ? clip : undefined,
    },
    average: options.average ? options.average : undefined,
    loss: options.loss ?? negativeLogLikelihood,
    frozen: frozenTest(options.frozen),
  };
}

/** Events of a flow from callers' numbers, with their contexts. */
export function toRows(flow: Flow, { x, context }: FitData, what = "x"): Rows {
  const array = toHostArray(x, flow.event, what);
  const rank = flow.event.length;
  const count = array.shape.slice(0, array.shape.length - rank).reduce((a, b) => a * b, 1);
  const rows = { data: array.data, shape: [count, ...flow.event] };
  const bad = array.data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    const width = array.data.length / Math.max(1, count);
    throw new OptionError("non-finite-data", `${what} holds ${array.data[bad]} in row ${Math.floor(bad / width)}.`, {
      hint: "Remove or replace missing values first.",
    });
  }
  if (!flow.context) {
    if (context !== undefined)
      throw new OptionError("context", "This flow has no context, the data do.", {
        hint: "Leave the context out, or describe the flow with one: context: SIZE.",
      });
    return { x: rows };
  }
  if (context === undefined)
    throw new OptionError("context", "This flow conditions on a context, the data have none.", {
      hint: "Pass { x, context }.",
    });
  const given = toHostArray(context, flow.context, "context");
  const contexts = given.data.length / flow.context.reduce((a, b) => a * b, 1);
  if (contexts !== count)
    throw new OptionError("context", `There are ${contexts} contexts for ${count} rows.`, {
      hint: "Give each row its context.",
    });
  return { x: rows, context: { data: given.data, shape: [count, ...flow.context] } };
}

/** Holds out a share of the rows, at least one, chosen by the seed. */
function holdOut(rows: Rows, share: number, seed: number): { readonly train: Rows; readonly valid: Rows | undefined } {
  const count = rows.x.shape[0]!;
  const held = share > 0 && count >= 20 ? Math.max(1, Math.round(share * count)) : 0;
  if (held === 0) return { train: rows, valid: undefined };
  const order = permutation(foldIn(seedKey(seed), 0x68656c64), count);
  const pick = (chosen: Uint32Array): Rows => ({
    x: takeRows(rows.x, chosen),
    context: rows.context && takeRows(rows.context, chosen),
  });
  return { train: pick(order.slice(held).sort()), valid: pick(order.slice(0, held).sort()) };
}

/**
 * Trains a flow by maximum likelihood, or by another traced loss, and returns the model that validated best.
 *
 * @param data rows to learn from, or what makes them (`randomWindows`: of these none are held out); undefined where the
 *   loss draws its own (reverse KL)
 * @throws {FlowError} `diverged` where the loss stays non-finite; {AbortError} `aborted` where the signal stops it
 * @example
 * const model = await fit(realNVP({ features: 2 }), { x }, { backend, steps: 200, onProgress: ({ loss }) => console.log(loss) });
 */
export async function fit(flow: Flow, data: FitData | RowSource | undefined, options: FitOptions): Promise<Model> {
  const { validation = 0.1, patience = Number.POSITIVE_INFINITY, signal, onProgress } = options;
  const source = data && "take" in data ? data : undefined;
  const all = data && !source ? toRows(flow, data as FitData) : undefined;
  const { train, valid } =
    typeof validation === "number"
      ? all
        ? holdOut(all, validation, options.seed ?? 0)
        : { train: source, valid: undefined }
      : { train: source ?? all, valid: toRows(flow, validation, "validation x") };
  const rows = train ? rowSource(train).count : 0;
  const resolved = resolveFitOptions(options, rows);
  throwIfAborted(signal);
  const trainer = await Trainer.create(flow, train, resolved, options.from ? { weights: options.from } : {});
  const breathe = signal || onProgress ? pacedCheckpoint(signal) : undefined;
  try {
    const every = options.evaluateEvery ?? Math.max(100, trainer.stepsPerEpoch);
    while (trainer.step < resolved.steps && trainer.stale <= patience) {
      await breathe?.();
      const result = await trainer.advance();
      const due = !result.rolledBack && (trainer.step % every === 0 || trainer.step === resolved.steps);
      const figure = due && valid ? (await trainer.evaluate(valid)).valid : undefined;
      onProgress?.({
        step: trainer.step,
        steps: resolved.steps,
        loss: result.loss,
        learningRate: result.learningRate,
        valid: figure,
        rolledBack: result.rolledBack,
      });
    }
    const facts = {
      seed: resolved.seed,
      steps: trainer.step,
      batch: resolved.batch,
      learningRate: resolved.learningRate,
      backend: resolved.backend.describe(),
      rows,
      ...(trainer.best ? { valid: trainer.best.valid, bestStep: trainer.best.step } : {}),
    };
    return new Model(flow, await trainer.weights(), resolved.backend, facts);
  } finally {
    await trainer.dispose();
  }
}
