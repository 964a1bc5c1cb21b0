/**
 * A compiled graph: a session for each set of sizes that it meets.
 *
 * @module
 */
import {
  type Arrays,
  BackendError,
  type Bindings,
  bindSizes,
  type CompileOptions,
  type Executable,
  FlowError,
  type Graph,
  gatherInputs,
  type HostArray,
  inputSpecs,
  splitOutputs,
} from "@normflow/core";
import type { Float32Values, Program, SessionPlan, Values } from "./host/host.ts";
import { type Lowered, lower } from "./lowering/lower.ts";
import type { Provider } from "./lowering/scope.ts";

/** Sessions kept by an executable; the one not used for longest makes room. */
const MAX_SESSIONS = 8;

const float32 = (data: HostArray["data"]): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data);

const sizesKey = (bindings: Bindings): string => [...bindings].map(([name, value]) => `${name}=${value}`).join();

/** A resident value's shape and number of entries: the host holds the values. */
interface Outline {
  readonly shape: readonly number[];
  readonly data: { readonly length: number };
}

interface Loaded {
  readonly session: number;
  readonly lowered: Lowered;
}

const outline = (shape: readonly number[]): Outline => ({ shape, data: { length: shape.reduce((a, b) => a * b, 1) } });

/** Runs a prepared graph in a program of a host, one run after another. */
export class OnnxExecutable implements Executable {
  private readonly graph: Graph;
  private readonly specs: ReturnType<typeof inputSpecs>;
  private readonly options: CompileOptions;
  private readonly provider: Provider;
  private readonly program: Program;
  private readonly resident = new Map<string, Outline>();
  private readonly loaded = new Map<string, Loaded>();
  private last: Promise<unknown> = Promise.resolve();
  private disposed = false;

  private readonly onDispose: () => void;

  constructor(
    graph: Graph,
    options: CompileOptions,
    provider: Provider,
    program: Program,
    onDispose: () => void = () => {},
  ) {
    this.graph = graph;
    this.specs = inputSpecs(graph);
    this.options = options;
    this.provider = provider;
    this.program = program;
    this.onDispose = onDispose;
  }

  run(inputs: Arrays): Promise<Arrays> {
    return this.queue(async () => {
      const given = gatherInputs<Outline>(this.specs, inputs, this.resident, this.options);
      const { session, lowered } = await this.loadFor(
        bindSizes(
          this.specs,
          given.map((v) => v.shape),
        ),
      );
      const fed: Record<string, Float32Values> = {};
      this.specs.forEach(({ name }) => {
        if (this.isResident(name)) return;
        const { data, shape } = inputs[name]!;
        fed[name] = { data: float32(data), shape };
      });
      const values = await this.program.run(session, fed);
      const outlines = lowered.outputs.map(({ shape }) => outline(shape));
      splitOutputs(
        this.graph.outputNames,
        outlines,
        this.options,
        (name, value) => void this.resident.set(name, value),
      );
      return values;
    });
  }

  put(values: Arrays): Promise<void> {
    return this.queue(async () => {
      const given: Record<string, Float32Values> = {};
      for (const [name, { data, shape }] of Object.entries(values)) {
        given[name] = { data: float32(data), shape };
        const expected = outline(shape);
        if (expected.data.length !== data.length)
          throw new FlowError(
            "input-size",
            `Input ${name} has ${data.length} values for a shape of ${expected.data.length}.`,
            { hint: "The shape's sizes multiplied are the number of values." },
          );
      }
      await this.program.put(given);
      for (const [name, { shape }] of Object.entries(given)) this.resident.set(name, outline(shape));
    });
  }

  get(names: readonly string[]): Promise<Arrays> {
    return this.queue((): Promise<Values> => {
      for (const name of names)
        if (!this.resident.has(name))
          throw new FlowError("missing-input", `Input ${name} has no resident value.`, {
            hint: "Set it with put first.",
          });
      return this.program.get(names);
    });
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    const closed = this.queue(() => this.program.close());
    this.disposed = true;
    this.onDispose();
    await closed;
    this.resident.clear();
    this.loaded.clear();
  }

  /** Loads the session of a graph whose sizes are all known, so that what cannot run is refused at once. */
  async warm(): Promise<void> {
    const fixed = this.specs.every(({ shape }) => shape.every((d) => typeof d === "number"));
    if (fixed) await this.queue(() => this.loadFor(new Map()));
  }

  private isResident(name: string): boolean {
    return this.options.resident?.includes(name) ?? false;
  }

  private async loadFor(bindings: Bindings): Promise<Loaded> {
    const key = sizesKey(bindings);
    const known = this.loaded.get(key);
    if (known) {
      this.loaded.delete(key);
      this.loaded.set(key, known);
      return known;
    }
    const lowered = lower(this.graph, bindings, this.provider);
    const entry = { session: await this.program.load(lowered.bytes, this.plan(lowered)), lowered };
    this.loaded.set(key, entry);
    for (const [old, { session }] of this.loaded) {
      if (this.loaded.size <= MAX_SESSIONS) break;
      this.loaded.delete(old);
      await this.program.unload(session);
    }
    return entry;
  }

  private plan({ inputs, outputs }: Lowered): SessionPlan {
    return {
      inputs: inputs.map((p) => ({ ...p, resident: this.isResident(p.name) })),
      outputs: outputs.map((p) => ({ ...p, into: this.options.carry?.[p.name] })),
    };
  }

  /** Starts an action when those before it have ended, well or badly. */
  private queue<T>(action: () => Promise<T>): Promise<T> {
    if (this.disposed)
      return Promise.reject(
        new BackendError("disposed", "onnx: this program was disposed.", { hint: "Compile the graph again." }),
      );
    const result = this.last.then(action, action);
    this.last = result.catch(() => undefined);
    return result;
  }
}
