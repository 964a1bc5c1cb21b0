/**
 * A compiled graph: a plan for each set of sizes that it meets.
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
  hostArray,
  inputSpecs,
  type RunOptions,
  ShapeError,
} from "@normflow/core";
import { Plan } from "./plan/plan.ts";

/** Plans kept by an executable; the one not used for longest makes room. */
const MAX_PLANS = 8;

const sizesKey = (bindings: Bindings): string => [...bindings].map(([name, value]) => `${name}=${value}`).join();

const memoryKey = (name: string, length: number): string => `${name} ${length}`;

interface Resident {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Runs an optimised graph. */
export class JsExecutable implements Executable {
  private readonly graph: Graph;
  private readonly specs: ReturnType<typeof inputSpecs>;
  private readonly options: CompileOptions;
  private readonly resident = new Map<string, Resident>();
  /** Memory of resident inputs by name and length: plans are bound to it. */
  private readonly memories = new Map<string, Float32Array>();
  private readonly plans = new Map<string, { readonly plan: Plan; readonly memories: ReadonlySet<string> }>();
  private residentVersion = 0;
  private readonly onDispose: () => void;
  private disposed = false;
  /** Ends with the run that is under way in slices. */
  private busy: Promise<void> | undefined;

  constructor(graph: Graph, options: CompileOptions, onDispose: () => void = () => {}) {
    this.onDispose = onDispose;
    this.graph = graph;
    this.specs = inputSpecs(graph);
    this.options = options;
  }

  run(inputs: Arrays, { signal }: RunOptions = {}): Promise<Arrays> {
    return this.alone(() => {
      const given = gatherInputs(this.specs, inputs, this.resident, this.options);
      const bindings = bindSizes(
        this.specs,
        given.map((v) => v.shape),
      );
      const plan = this.planFor(bindings);
      const keep = (input: string, shape: readonly number[], data: Float32Array | undefined): void => {
        if (data) this.keep(input, data, shape);
      };
      if (!signal) return plan.run(given, this.residentVersion, keep);
      return plan.runInSlices(given, this.residentVersion, keep, signal);
    });
  }

  put(values: Arrays): Promise<void> {
    return this.alone(() => {
      for (const [name, { data, shape }] of Object.entries(values)) {
        const size = shape.reduce((a, b) => a * b, 1);
        if (size !== data.length)
          throw new ShapeError("input-size", `Input ${name} has ${data.length} values for a shape of ${size}.`, {
            hint: "The shape's sizes multiplied are the number of values.",
          });
        this.keep(name, data, shape);
        this.residentVersion++;
      }
    });
  }

  get(names: readonly string[]): Promise<Arrays> {
    return this.alone(() =>
      Object.fromEntries(
        names.map((name) => {
          const value = this.resident.get(name);
          if (!value)
            throw new FlowError("missing-input", `Input ${name} has no resident value.`, {
              hint: "Set it with put first.",
            });
          return [name, hostArray(value.data.slice(), value.shape)];
        }),
      ),
    );
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.onDispose();
    // A run in slices still reads what it was given.
    await this.busy;
    this.plans.clear();
    this.resident.clear();
    this.memories.clear();
  }

  /** Does one thing at a time: at once, unless a run in slices is under way. */
  private async alone<T>(action: () => T | Promise<T>): Promise<T> {
    this.assertOpen();
    while (this.busy) await this.busy;
    this.assertOpen();
    const result = action();
    if (!(result instanceof Promise)) return result;
    const free = (): void => {
      this.busy = undefined;
    };
    this.busy = result.then(free, free);
    return result;
  }

  private keep(name: string, data: ArrayLike<number>, shape: readonly number[]): void {
    if (!this.memories.has(memoryKey(name, data.length))) this.forget();
    const memory = this.memoryOf(name, data.length);
    memory.set(data);
    this.resident.set(name, { data: memory, shape });
  }

  private memoryOf(name: string, length: number): Float32Array {
    const key = memoryKey(name, length);
    let memory = this.memories.get(key);
    if (!memory) this.memories.set(key, (memory = new Float32Array(length)));
    return memory;
  }

  private planFor(bindings: Bindings): Plan {
    const key = sizesKey(bindings);
    const known = this.plans.get(key);
    const entry = known ?? this.plan(bindings);
    this.plans.delete(key);
    this.plans.set(key, entry);
    if (this.plans.size > MAX_PLANS) {
      this.plans.delete(this.plans.keys().next().value!);
      this.forget();
    }
    return entry.plan;
  }

  private plan(bindings: Bindings): { readonly plan: Plan; readonly memories: ReadonlySet<string> } {
    const memories = new Set<string>();
    const memory = (name: string, length: number): Float32Array => {
      memories.add(memoryKey(name, length));
      return this.memoryOf(name, length);
    };
    return { plan: new Plan(this.graph, bindings, this.options, memory), memories };
  }

  /** Lets go of memory that no plan is bound to and that holds no value. */
  private forget(): void {
    const wanted = new Set([...this.resident].map(([name, { data }]) => memoryKey(name, data.length)));
    for (const { memories } of this.plans.values()) for (const key of memories) wanted.add(key);
    for (const key of this.memories.keys()) if (!wanted.has(key)) this.memories.delete(key);
  }

  private assertOpen(): void {
    if (this.disposed)
      throw new BackendError("disposed", "js: this program was disposed.", { hint: "Compile the graph again." });
  }
}
