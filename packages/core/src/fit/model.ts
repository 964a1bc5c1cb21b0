/**
 * A flow with its weights on a backend.
 *
 * @module
 */
import { type Abortable, checkpoint, throwIfAborted } from "../abort.ts";
import type { Arrays, Backend, Executable, FloatArray, HostArray } from "../backend.ts";
import { hostArray } from "../backend.ts";
import { type Layout, layoutOf, type Program, type ProgramBody, traceProgram } from "../bijector/program.ts";
import type { Flow } from "../distribution/flow.ts";
import { FlowError, OptionError, ShapeError } from "../error.ts";
import { type Shape, shapeText } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { interpolateLatents } from "../inference/latent.ts";
import { concat, expandDims, reshape } from "../ops/layout.ts";
import { key as seedKey } from "../random/index.ts";
import { concatRows, contextRows, type Numbers, repeatRows, rowRange, toHostArray } from "./data.ts";
import { batchSize } from "./loss.ts";
import { NoiseMaker, type NoiseSource } from "./noise.ts";

/** Weights and state of a flow, one vector each in the order of the flow's layout. */
export interface Weights {
  readonly params: FloatArray;
  readonly state: FloatArray;
}

/** Checks that weights are those of a flow. @throws {ShapeError} `weights` where their number is another */
export function checkWeights(layouts: Record<keyof Weights, Layout>, { params, state }: Weights): void {
  if (params.length !== layouts.params.size || state.length !== layouts.state.size)
    throw new ShapeError(
      "weights",
      `The flow has ${layouts.params.size} parameters and ${layouts.state.size} state entries, the weights ${params.length} and ${state.length}.`,
      { hint: "Take over what fits from a model of a similar flow: warmStart(flow, model)." },
    );
}

/** What a caller may say of any call that runs. */
export interface CallOptions {
  /** Context of the events: an array […contexts, …context event]. */
  readonly context?: Numbers;
  /** Seed of the noise; without one, encode and logProb take the middle of each cell. */
  readonly seed?: number;
  /** Stops the call: looked at between runs of the program, and within a run by a backend that can. */
  readonly signal?: Abortable;
  /** Events in one run of the program, 512 unless told. */
  readonly chunk?: number;
}

type Method = "logProb" | "encode" | "decode" | "sample" | "sampleWithLogProb";

/** Events in one run of a program unless told; longer inputs go in several. */
const CHUNK = 512;

/** A program of a model: its inputs beside parameters, state, context and noise, and what it makes of them. */
interface Computation {
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly body: (program: ProgramBody) => Tensor;
}

/** A program on the backend, and which weights it keeps there. */
interface Compiled {
  readonly program: Program;
  readonly executable: Executable;
  readonly resident: readonly string[];
}

/** A trained flow that can be asked: everything that executes is async. */
export class Model {
  readonly flow: Flow;
  readonly backend: Backend;
  private given: Weights;
  /** Facts of the training, as the file keeps them. */
  readonly facts: Readonly<Record<string, unknown>>;
  private readonly programs = new Map<string, Promise<Compiled>>();
  private readonly noise = new NoiseMaker(seedKey(0));
  private disposed = false;

  constructor(flow: Flow, weights: Weights, backend: Backend, facts: Readonly<Record<string, unknown>> = {}) {
    checkWeights({ params: layoutOf(flow.params), state: layoutOf(flow.state) }, weights);
    this.flow = flow;
    this.given = weights;
    this.backend = backend;
    this.facts = facts;
  }

  /** Weights and state, as they are now. */
  get weights(): Weights {
    return this.given;
  }

  /**
   * Takes over other weights of the same flow; what is compiled goes on with them. A copy that lags behind a run, as a
   * Bellman backup wants, is asked between its steps.
   * @throws {ShapeError} `weights` where they are not this flow's
   */
  async setWeights(weights: Weights): Promise<void> {
    checkWeights({ params: layoutOf(this.flow.params), state: layoutOf(this.flow.state) }, weights);
    this.given = weights;
    for (const { executable, resident } of await Promise.all(this.programs.values()))
      await executable.put(this.resident(resident));
  }

  /** The number of parameters. */
  get parameters(): number {
    return this.weights.params.length;
  }

  /**
   * Draws events, the first ones of a longer draw being those of a shorter one.
   * @param n events for each context
   * @returns shape [n, …event], or [contexts, n, …event] with a context
   */
  async sample(n: number, options: CallOptions & { readonly temperature?: number } = {}): Promise<HostArray> {
    const { rows, contexts } = await this.draw("sample", n, options);
    return hostArray(rows.data, [...contexts, n, ...this.flow.event]);
  }

  /**
   * Draws events with ln p(x) of each, in nats, in the one pass that sampling takes: the events that `sample` draws. At
   * another temperature than 1 the events are others, and ln p(x) is still the flow's own.
   * @param n events for each context
   * @returns x [n, …event] and logProb [n], each with the contexts in front where there are some
   */
  async sampleWithLogProb(
    n: number,
    options: CallOptions & { readonly temperature?: number } = {},
  ): Promise<{ readonly x: HostArray; readonly logProb: HostArray }> {
    const { rows, contexts } = await this.draw("sampleWithLogProb", n, options);
    const width = rows.shape[1]!;
    const count = rows.shape[0]!;
    const make = rows.data.constructor as Float32ArrayConstructor;
    const [x, logProb] = [new make(count * (width - 1)) as FloatArray, new make(count) as FloatArray];
    for (let i = 0; i < count; i++) {
      x.set(rows.data.subarray(i * width, (i + 1) * width - 1), i * (width - 1));
      logProb[i] = rows.data[(i + 1) * width - 1]!;
    }
    return { x: hostArray(x, [...contexts, n, ...this.flow.event]), logProb: hostArray(logProb, [...contexts, n]) };
  }

  private async draw(
    method: Method,
    n: number,
    options: CallOptions & { readonly temperature?: number },
  ): Promise<{ readonly rows: HostArray; readonly contexts: readonly number[] }> {
    if (!Number.isInteger(n) || n < 0)
      throw new OptionError("sample-count", `A number of samples is a whole number from 0, not ${n}.`, {
        hint: "sample(100) draws a hundred events for each context.",
      });
    const { temperature = 1 } = options;
    if (!(temperature >= 0))
      throw new OptionError("temperature", `A temperature is a number from 0, not ${temperature}.`, {
        hint: "1 is the flow itself, less keeps closer to its middle.",
      });
    const context = this.contextOf(options.context);
    const contexts = context ? context.shape[0]! : 1;
    const rows = await this.runRows(
      method,
      this.method(method),
      contexts * n,
      {},
      context && repeatRows(context, n),
      options,
      {
        source: { key: seedKey(options.seed ?? 0) },
        temperature,
      },
    );
    return { rows, contexts: context ? [contexts] : [] };
  }

  /** ln p(x) in nats, of x's batch shape. */
  logProb(x: Numbers, options: CallOptions = {}): Promise<HostArray> {
    return this.map("logProb", x, this.flow.event, options, this.method("logProb"));
  }

  /** z = f⁻¹(x), of x's batch shape. */
  encode(x: Numbers, options: CallOptions = {}): Promise<HostArray> {
    return this.map("encode", x, this.flow.event, options, this.method("encode"));
  }

  /** x = f(z), of z's batch shape. */
  decode(z: Numbers, options: CallOptions = {}): Promise<HostArray> {
    return this.map("decode", z, this.flow.bijector.facts.base, options, this.method("decode"));
  }

  /** Decodes points on the way from encode(a) to encode(b), ends included: straight in z, or along the sphere. */
  async interpolate(
    a: Numbers,
    b: Numbers,
    points: number,
    options: CallOptions & { readonly path?: "linear" | "spherical" } = {},
  ): Promise<HostArray> {
    if (!Number.isInteger(points) || points < 2)
      throw new OptionError("points", `An interpolation has 2 points or more, not ${points}.`, {
        hint: "Both ends count: 9 points are 7 between them.",
      });
    const { event } = this.flow;
    const ends = [toHostArray(a, event, "a"), toHostArray(b, event, "b")];
    for (const end of ends)
      if (end.shape.length !== event.length)
        throw new ShapeError(
          "interpolate",
          `interpolate takes single events ${shapeText(event)}, not ${shapeText(end.shape)}.`,
          { hint: "Call it once for each pair." },
        );
    const [za, zb] = await Promise.all(ends.map((e) => this.encode(hostArray(e.data, [1, ...event]), options)));
    const z = interpolateLatents(za!.data, zb!.data, points, options.path ?? "linear");
    return this.decode(hostArray(z, [points, ...this.flow.bijector.facts.base]), options);
  }

  /**
   * Runs a program of the caller's own on the weights: `body` makes of its input `x` […batch, …event] one tensor […batch, …].
   *
   * It is traced once, under `name`; later calls by that name run it again.
   */
  compute(
    name: string,
    x: Numbers,
    body: (program: ProgramBody) => Tensor,
    options: CallOptions = {},
  ): Promise<HostArray> {
    return this.map(`own/${name}`, x, this.flow.event, options, {
      inputs: { x: [batchSize, ...this.flow.event] },
      body,
    });
  }

  /** Frees what the backend holds; a disposed model says so when used. */
  async dispose(): Promise<void> {
    this.disposed = true;
    const compiled = await Promise.allSettled(this.programs.values());
    this.programs.clear();
    for (const result of compiled) if (result.status === "fulfilled") await result.value.executable.dispose();
  }

  private async map(
    name: string,
    x: Numbers,
    event: readonly number[],
    options: CallOptions,
    computation: Computation,
  ): Promise<HostArray> {
    const input = Object.keys(computation.inputs)[0]!;
    const array = toHostArray(x, event, input);
    const batch = array.shape.slice(0, array.shape.length - event.length);
    const count = batch.reduce((p, d) => p * d, 1);
    const rows = hostArray(array.data, [count, ...event]);
    const source: NoiseSource = options.seed === undefined ? "middle" : { key: seedKey(options.seed) };
    const context = this.contextOf(options.context);
    const result = await this.runRows(
      name,
      computation,
      count,
      { [input]: rows },
      context && contextRows(context, batch),
      options,
      { source },
    );
    return hostArray(result.data, [...batch, ...result.shape.slice(1)]);
  }

  private contextOf(context: Numbers | undefined): HostArray | undefined {
    const wanted = this.flow.context;
    if (!wanted) {
      if (context !== undefined)
        throw new OptionError("context", "This flow has no context.", { hint: "Leave the option away." });
      return undefined;
    }
    if (context === undefined)
      throw new OptionError("context", `This flow wants a context ${shapeText(wanted)}.`, {
        hint: "Pass { context }.",
      });
    const array = toHostArray(context, wanted, "context");
    return array.shape.length === wanted.length ? hostArray(array.data, [1, ...array.shape]) : array;
  }

  /** Runs rows through a program in chunks of one size, so that a backend plans for few shapes. */
  private async runRows(
    name: string,
    computation: Computation,
    count: number,
    inputs: Arrays,
    context: HostArray | undefined,
    options: CallOptions,
    noise: { readonly source: NoiseSource; readonly temperature?: number },
  ): Promise<HostArray> {
    if (this.disposed) throw new FlowError("disposed", "This model was disposed.", { hint: "Load it again." });
    const { program, executable } = await this.compiled(name, computation);
    const { chunk: most = CHUNK } = options;
    if (!(Number.isInteger(most) && most > 0))
      throw new OptionError("chunk", `A chunk is a positive whole number of events, not ${most}.`, {
        hint: "Leave chunk out for 512 events at once.",
      });
    const noises = this.noise.rows(program.noises, count, noise.source, noise.temperature);
    const given = { ...inputs, ...(context ? { context } : {}) };
    const parts: HostArray[] = [];
    for (let from = 0; from < count || from === 0; from += most) {
      // Before the first run nothing can have arrived since the caller looked.
      if (from > 0) await checkpoint(options.signal);
      else throwIfAborted(options.signal);
      const to = Math.min(count, from + most);
      const chunk = Object.fromEntries(
        Object.entries(given).map(([name, array]) => [
          name,
          from === 0 && to === count ? array : rowRange(array, from, to),
        ]),
      );
      parts.push((await executable.run({ ...chunk, ...noises(from, to) }, { signal: options.signal }))["result"]!);
    }
    return parts.length === 1 ? parts[0]! : concatRows(parts);
  }

  private compiled(name: string, computation: Computation): Promise<Compiled> {
    let compiled = this.programs.get(name);
    if (!compiled) {
      compiled = this.compile(computation);
      this.programs.set(name, compiled);
      compiled.catch(() => this.programs.delete(name));
    }
    return compiled;
  }

  private method(method: Method): Computation {
    const { flow } = this;
    const inputs: Record<Method, Record<string, Shape>> = {
      logProb: { x: [batchSize, ...flow.event] },
      encode: { x: [batchSize, ...flow.event] },
      decode: { z: [batchSize, ...flow.bijector.facts.base] },
      sample: {},
      sampleWithLogProb: {},
    };
    return { inputs: inputs[method], body: (body) => methodBody(flow, method, body) };
  }

  private async compile({ inputs, body }: Computation): Promise<Compiled> {
    const { flow } = this;
    const context = flow.context && [batchSize, ...flow.context];
    const program = traceProgram(flow, { mode: "eval", inputs, context }, (traced) => ({ result: body(traced) }));
    const resident = ["params", "state"].filter((name) =>
      program.graph.inputs.some((t) => (t.node.params as { name?: string }).name === name),
    );
    const executable = await this.backend.compile(program.graph, { resident });
    await executable.put(this.resident(resident));
    return { program, executable, resident };
  }

  private resident(names: readonly string[]): Arrays {
    const { params, state } = this.weights;
    const values: Arrays = { params: hostArray(params, [params.length]), state: hostArray(state, [state.length]) };
    return Object.fromEntries(names.map((name) => [name, values[name]!]));
  }
}

function methodBody(flow: Flow, method: Method, { scope, inputs }: ProgramBody): Tensor {
  switch (method) {
    case "logProb":
      return flow.logProb(scope, inputs["x"]!);
    case "encode":
      return flow.bijector.inverse(scope.at("bijector"), inputs["x"]!)[0];
    case "decode":
      return flow.bijector.forward(scope.at("bijector"), inputs["z"]!)[0];
    case "sample":
      return flow.sample(scope, [batchSize])[0];
    case "sampleWithLogProb": {
      const [x, logProb] = flow.sample(scope, [batchSize]);
      return concat([reshape(x, [batchSize, flow.event.reduce((a, b) => a * b, 1)]), expandDims(logProb, 1)], 1);
    }
    default:
      return method satisfies never;
  }
}
