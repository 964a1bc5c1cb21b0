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

  constructor(graph: Graph, options: CompileOptions, onDispose: () => void = () => {}) {
    this.onDispose = onDispose;
    this.graph = graph;
    this.specs = inputSpecs(graph);
    this.options = options;
  }

  async run(inputs: Arrays): Promise<Arrays> {
    this.assertOpen();
    const given = gatherInputs(this.specs, inputs, this.resident, this.options);
    const bindings = bindSizes(
      this.specs,
      given.map((v) => v.shape),
    );
    return this.planFor(bindings).run(given, this.residentVersion, (input, shape, data) => {
      if (data) this.keep(input, data, shape);
    });
  }

  async put(values: Arrays): Promise<void> {
    this.assertOpen();
    for (const [name, { data, shape }] of Object.entries(values)) {
      const size = shape.reduce((a, b) => a * b, 1);
      if (size !== data.length)
        throw new ShapeError("input-size", `Input ${name} has ${data.length} values for a shape of ${size}.`);
      this.keep(name, data, shape);
      this.residentVersion++;
    }
  }

  async get(names: readonly string[]): Promise<Arrays> {
    this.assertOpen();
    return Object.fromEntries(
      names.map((name) => {
        const value = this.resident.get(name);
        if (!value)
          throw new FlowError("missing-input", `Input ${name} has no resident value.`, {
            hint: "Set it with put first.",
          });
        return [name, hostArray(value.data.slice(), value.shape)];
      }),
    );
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.onDispose();
    this.plans.clear();
    this.resident.clear();
    this.memories.clear();
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
