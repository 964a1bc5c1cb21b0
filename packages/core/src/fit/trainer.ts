/**
 * Training as a sequence of steps that can be stopped, saved and taken up again bit for bit.
 *
 * @module
 */
import { type Arrays, type Backend, type Executable, type FloatArray, hostArray } from "../backend.ts";
import { layoutOf, type Program, startValues, traceProgram } from "../bijector/program.ts";
import type { Flow } from "../distribution/flow.ts";
import { FlowError, OptionError } from "../error.ts";
import { neg } from "../ops/elementwise.ts";
import { foldIn, type Key, permutation, key as seedKey } from "../random/index.ts";
import { rowRange } from "./data.ts";
import { batchSize, type Loss, negativeLogLikelihood } from "./loss.ts";
import { checkWeights, type Weights } from "./model.ts";
import { NoiseMaker } from "./noise.ts";
import type { OptimiserOptions } from "./optimiser.ts";
import { type RowSource, type Rows, rowSource } from "./rows.ts";
import { type Schedule, scheduleFactor } from "./schedule.ts";
import { trainingStep } from "./step.ts";

/** Settings of a training run, resolved. */
export interface TrainerOptions {
  readonly backend: Backend;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly optimiser: OptimiserOptions;
  /** Decay of the running average of the parameters; undefined keeps none. */
  readonly average: number | undefined;
  readonly loss: Loss;
  /** Paths of parameters that stay as they are. */
  readonly frozen: ((path: string) => boolean) | undefined;
}

/** Everything a run needs to go on: the vectors by name, and the numbers. */
export interface TrainerState {
  readonly vectors: Readonly<Record<string, FloatArray>>;
  readonly step: number;
  /** Factor on the learning rate, halved after each rollback. */
  readonly rateScale: number;
  readonly rollbacks: number;
  readonly best?: { readonly valid: number; readonly step: number } | undefined;
  /** Evaluations since the best one. */
  readonly stale: number;
  /** The step to which the run goes back where a loss is not finite, if it is another: its vectors are `good/…`. */
  readonly goodStep?: number | undefined;
}

const GOOD = "good/";

/** Streams of one seed. */
const STREAM = { params: 1, order: 2, noise: 3, masks: 4, valid: 5, init: 6, state: 7, pass: 8 } as const;

/** Rows in one evaluation run. */
const EVALUATION_BATCH = 512;
const MAX_ROLLBACKS = 8;

/** Runs training steps. */
export class Trainer {
  readonly flow: Flow;
  readonly options: TrainerOptions;
  readonly parameters: number;
  private readonly rows: RowSource | undefined;
  private readonly key: Key;
  private readonly noise: NoiseMaker;
  private readonly program: Program;
  private readonly executable: Executable;
  private evaluation: { readonly program: Program; readonly executable: Executable } | undefined;
  private order: Uint32Array | undefined;
  private orderEpoch = -1;
  private good: Pick<TrainerState, "vectors" | "step">;
  private current: Omit<TrainerState, "vectors" | "goodStep">;
  private bestVectors: { params: FloatArray; state: FloatArray } | undefined;

  private constructor(
    flow: Flow,
    rows: RowSource | undefined,
    options: TrainerOptions,
    program: Program,
    executable: Executable,
    start: TrainerState,
  ) {
    this.flow = flow;
    this.rows = rows;
    this.options = options;
    this.program = program;
    this.executable = executable;
    this.parameters = program.layout.size;
    this.key = seedKey(options.seed);
    this.noise = new NoiseMaker(foldIn(this.key, STREAM.masks));
    const { vectors, goodStep, ...numbers } = start;
    this.current = numbers;
    const { bestParams, bestState } = vectors;
    if (bestParams) this.bestVectors = { params: bestParams, state: bestState ?? new Float64Array(0) };
    this.good =
      goodStep === undefined
        ? { vectors: residentOf(vectors), step: numbers.step }
        : { vectors: goodOf(vectors), step: goodStep };
  }

  /**
   * Compiles the step and sets its first values: fresh ones, those of a model, or those of a stopped run.
   * @throws {FlowError} `no-parameters` where there is nothing to train
   */
  static async create(
    flow: Flow,
    given: Rows | RowSource | undefined,
    options: TrainerOptions,
    from?: { readonly weights?: Weights; readonly state?: TrainerState },
  ): Promise<Trainer> {
    const layout = layoutOf(flow.params);
    if (layout.size === 0)
      throw new FlowError("no-parameters", "This flow has no parameters to train.", {
        hint: "Put a layer with parameters into its chain, such as actNorm.",
      });
    const rows = given && rowSource(given);
    if (rows?.count === 0)
      throw new OptionError("no-data", "There is no row to train on.", { hint: "Pass one row or more." });
    const frozen = options.frozen && frozenMask(layout, options.frozen);
    const program = trainingStep(flow, options.loss, options.optimiser, {
      average: options.average !== undefined,
      hasData: rows !== undefined,
      frozen,
    });
    const names = [
      "params",
      "m",
      "v",
      ...(options.average === undefined ? [] : ["average"]),
      ...(program.stateLayout.size > 0 ? ["state"] : []),
    ];
    const executable = await options.backend.compile(program.graph, {
      resident: names,
      carry: Object.fromEntries(names.map((name) => [name, name])),
    });
    const start = from?.state ?? (await firstState(flow, rows, options, from?.weights));
    const trainer = new Trainer(flow, rows, options, program, executable, start);
    await trainer.restore(residentOf(start.vectors));
    return trainer;
  }

  /** Steps taken so far, those of before a resume included. */
  get step(): number {
    return this.current.step;
  }

  /** The best evaluation so far. */
  get best(): TrainerState["best"] {
    return this.current.best;
  }

  /** Evaluations since the best one. */
  get stale(): number {
    return this.current.stale;
  }

  /** How often the run went back to its last good state. */
  get rollbacks(): number {
    return this.current.rollbacks;
  }

  /** Steps in a pass over the rows; a last short batch is left out of that pass. */
  get stepsPerEpoch(): number {
    return this.rows ? Math.max(1, Math.floor(this.rows.count / this.batch)) : 1;
  }

  private get batch(): number {
    return Math.min(this.options.batch, this.rows?.count ?? this.options.batch);
  }

  /**
   * Takes one step.
   * @returns the loss before it; `rolledBack` where it was not finite and the run went back to the last good state
   * @throws {FlowError} `diverged` after too many of these
   */
  async advance(): Promise<{
    readonly loss: number;
    readonly norm: number;
    readonly learningRate: number;
    readonly rolledBack: boolean;
  }> {
    const { options, current } = this;
    const { step } = current;
    const learningRate =
      options.learningRate * current.rateScale * scheduleFactor(options.schedule, step, options.steps);
    const [beta1, beta2] = options.optimiser.betas;
    const scalars: Record<string, number> = {
      learningRate,
      correction1: 1 - beta1 ** (step + 1),
      correction2: 1 - beta2 ** (step + 1),
      ...(options.average === undefined ? {} : { decay: Math.min(options.average, (1 + step) / (10 + step)) }),
    };
    const batch = this.batchAt(step);
    const bindings = new Map(batch ? [["N", batch.x.shape[0]!]] : []);
    const outputs = await this.executable.run({
      ...arraysOf(batch),
      ...Object.fromEntries(
        Object.entries(scalars).map(([name, value]) => [name, hostArray(Float64Array.of(value), [])]),
      ),
      ...this.noise.draw(this.program.noises, bindings, { key: foldIn(foldIn(this.key, STREAM.noise), step) }),
    });
    const [loss, norm] = [outputs["loss"]!.data[0]!, outputs["norm"]!.data[0]!];
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      await this.rollBack(loss);
      return { loss, norm, learningRate, rolledBack: true };
    }
    this.current = { ...current, step: step + 1 };
    return { loss, norm, learningRate, rolledBack: false };
  }

  /** Mean loss over rows with the averaged parameters, where there are any, in nats; the best one so far is kept. */
  async evaluate(rows: Rows): Promise<{ readonly valid: number; readonly improved: boolean }> {
    const vectors = await this.vectors();
    const params = vectors["average"] ?? vectors["params"]!;
    const state = vectors["state"] ?? new Float64Array(0);
    const valid = await this.meanLoss(rows, { params, state });
    // A state that cannot be evaluated is none to go back to.
    if (Number.isFinite(valid)) this.good = { vectors, step: this.current.step };
    const improved = Number.isFinite(valid) && (this.current.best === undefined || valid < this.current.best.valid);
    if (improved) this.bestVectors = { params, state };
    this.current = {
      ...this.current,
      best: improved ? { valid, step: this.current.step } : this.current.best,
      stale: improved ? 0 : this.current.stale + 1,
    };
    return { valid, improved };
  }

  /** Mean negative log-likelihood of rows under given weights, in nats. */
  async meanLoss(rows: Rows, weights: Weights): Promise<number> {
    this.evaluation ??= await this.compileEvaluation();
    const { program, executable } = this.evaluation;
    await executable.put(residentWeights(program, weights));
    const count = rows.x.shape[0]!;
    let total = 0;
    for (let from = 0; from < count; from += EVALUATION_BATCH) {
      const to = Math.min(count, from + EVALUATION_BATCH);
      const part = { x: rowRange(rows.x, from, to), context: rows.context && rowRange(rows.context, from, to) };
      const noise = this.noise.draw(program.noises, new Map([["N", to - from]]), {
        key: foldIn(foldIn(this.key, STREAM.valid), from),
      });
      const { losses } = await executable.run({ ...arraysOf(part), ...noise });
      for (const loss of losses!.data) total += loss;
    }
    return total / count;
  }

  /** The best weights by validation; without an evaluation, the latest. */
  async weights(): Promise<Weights> {
    if (this.bestVectors) return this.bestVectors;
    const vectors = await this.vectors();
    return { params: vectors["average"] ?? vectors["params"]!, state: vectors["state"] ?? new Float64Array(0) };
  }

  /** Everything the run needs to go on from here. */
  async snapshot(): Promise<TrainerState> {
    const best = this.bestVectors && {
      bestParams: this.bestVectors.params,
      ...(this.bestVectors.state.length > 0 ? { bestState: this.bestVectors.state } : {}),
    };
    const { good, current } = this;
    const apart = good.step !== current.step;
    const back = apart ? Object.entries(good.vectors).map(([name, data]) => [GOOD + name, data] as const) : [];
    return {
      ...current,
      ...(apart ? { goodStep: good.step } : {}),
      vectors: { ...(await this.vectors()), ...best, ...Object.fromEntries(back) },
    };
  }

  /** Frees what the backend holds; the trainer is not used again. */
  async dispose(): Promise<void> {
    await this.executable.dispose();
    await this.evaluation?.executable.dispose();
  }

  private async vectors(): Promise<Record<string, FloatArray>> {
    const names = Object.keys(this.good.vectors);
    const arrays = await this.executable.get(names);
    return Object.fromEntries(names.map((name) => [name, arrays[name]!.data]));
  }

  private async restore(vectors: TrainerState["vectors"]): Promise<void> {
    await this.executable.put(
      Object.fromEntries(Object.entries(vectors).map(([name, data]) => [name, hostArray(data, [data.length])])),
    );
  }

  private async rollBack(loss: number): Promise<void> {
    const rollbacks = this.current.rollbacks + 1;
    if (rollbacks > MAX_ROLLBACKS)
      throw new FlowError(
        "diverged",
        `The loss became ${loss} ${rollbacks} times, even at ${this.current.rateScale} of the learning rate.`,
        {
          hint: "Lower the learning rate, clip gradients, or look for extreme values in the data.",
        },
      );
    await this.restore(this.good.vectors);
    this.current = { ...this.current, step: this.good.step, rateScale: this.current.rateScale / 2, rollbacks };
  }

  private batchAt(step: number): Rows | undefined {
    if (!this.rows) return undefined;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (epoch !== this.orderEpoch) {
      this.order = permutation(foldIn(foldIn(this.key, STREAM.order), epoch), this.rows.count);
      this.orderEpoch = epoch;
    }
    const at = (step % this.stepsPerEpoch) * this.batch;
    const rows = this.order!.subarray(at, at + this.batch);
    return this.rows.take(rows, foldIn(foldIn(this.key, STREAM.pass), epoch));
  }

  private async compileEvaluation(): Promise<{ readonly program: Program; readonly executable: Executable }> {
    const { flow } = this;
    const program = traceProgram(
      flow,
      {
        mode: "eval",
        inputs: { x: [batchSize, ...flow.event] },
        context: flow.context && [batchSize, ...flow.context],
      },
      ({ scope, inputs }) => ({ losses: neg(flow.logProb(scope, inputs["x"]!)) }),
    );
    const resident = ["params", ...(program.stateLayout.size > 0 ? ["state"] : [])];
    return { program, executable: await this.options.backend.compile(program.graph, { resident }) };
  }
}

/** Of the vectors of a run, those that the backend keeps. */
const residentOf = (vectors: TrainerState["vectors"]): TrainerState["vectors"] =>
  Object.fromEntries(
    Object.entries(vectors).filter(([name]) => !name.startsWith(GOOD) && name !== "bestParams" && name !== "bestState"),
  );

/** Of the vectors of a run, those that it goes back to. */
const goodOf = (vectors: TrainerState["vectors"]): TrainerState["vectors"] =>
  Object.fromEntries(
    Object.entries(vectors).flatMap(([name, data]) =>
      name.startsWith(GOOD) ? [[name.slice(GOOD.length), data] as const] : [],
    ),
  );

const arraysOf = (rows: Rows | undefined): Arrays => ({
  ...(rows ? { x: rows.x } : {}),
  ...(rows?.context ? { context: rows.context } : {}),
});

const residentWeights = (program: Program, { params, state }: Weights): Arrays => ({
  params: hostArray(params, [params.length]),
  ...(program.stateLayout.size > 0 ? { state: hostArray(state, [state.length]) } : {}),
});

function frozenMask(layout: Program["layout"], frozen: (path: string) => boolean): Float64Array {
  const mask = new Float64Array(layout.size).fill(1);
  for (const { path, parameter, offset } of layout.entries)
    if (frozen(path)) mask.fill(0, offset, offset + parameter.size);
  if (!mask.includes(0) || !mask.includes(1))
    throw new OptionError("frozen", `${mask.includes(0) ? "All" : "No"} parameters of this flow are frozen.`, {
      hint: `Their paths are like ${layout.entries[0]!.path}.`,
    });
  return mask;
}

/** The state before the first step; layers that start from data see the first batch. */
async function firstState(
  flow: Flow,
  rows: RowSource | undefined,
  options: TrainerOptions,
  weights: Weights | undefined,
): Promise<TrainerState> {
  const key = seedKey(options.seed);
  const layouts = { params: layoutOf(flow.params), state: layoutOf(flow.state) };
  if (weights) checkWeights(layouts, weights);
  let params: FloatArray = weights?.params ?? startValues(layouts.params, foldIn(key, STREAM.params));
  let state: FloatArray = weights?.state ?? startValues(layouts.state, foldIn(key, STREAM.state));
  if (rows && layouts.state.size > 0) {
    const program = traceProgram(
      flow,
      {
        mode: "init",
        inputs: { x: [batchSize, ...flow.event] },
        context: flow.context && [batchSize, ...flow.context],
      },
      ({ scope, inputs }) => ({ loss: negativeLogLikelihood({ flow, scope, x: inputs["x"]! }) }),
    );
    const executable = await options.backend.compile(program.graph);
    const count = Math.min(rows.count, Math.max(options.batch, 256));
    const chosen = permutation(foldIn(key, STREAM.init), rows.count).subarray(0, count);
    const noise = new NoiseMaker(key).draw(program.noises, new Map([["N", count]]), { key: foldIn(key, STREAM.init) });
    const outputs = await executable.run({
      ...arraysOf(rows.take(chosen, foldIn(foldIn(key, STREAM.pass), 0))),
      ...residentWeights(program, { params, state }),
      ...noise,
    });
    await executable.dispose();
    params = outputs["params"]!.data;
    state = outputs["state"]!.data;
  }
  const zero = new Float64Array(params.length);
  const vectors: Record<string, FloatArray> = { params, m: zero, v: zero };
  if (options.average !== undefined) vectors["average"] = params;
  if (layouts.state.size > 0) vectors["state"] = state;
  return { vectors, step: 0, rateScale: 1, rollbacks: 0, best: undefined, stale: 0 };
}
