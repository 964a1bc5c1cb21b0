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
  type HostArray,
  hostArray,
  inputSpecs,
  ShapeError,
  splitOutputs,
} from "@normflow/core";
import { chosen } from "./engine/choose.ts";
import type { Engine } from "./engine/device.ts";
import { type Held, Plan } from "./plan/plan.ts";
import type { Handle } from "./tensorflow.ts";

/** Plans kept by an executable; the one not used for longest makes room. */
const MAX_PLANS = 8;

/** A resident value; TensorFlow.js holds the entries. */
interface Resident {
  readonly shape: readonly number[];
  readonly data: { readonly length: number };
  readonly handle: Handle;
}

interface Entry {
  readonly plan: Plan;
  /** What only resident inputs decide, as of one `put`. */
  held?: { readonly values: Held; readonly version: number };
}

const sizesKey = (bindings: Bindings): string => [...bindings].map(([name, value]) => `${name}=${value}`).join();

/** Runs a prepared graph. */
export class TfjsExecutable implements Executable {
  private readonly graph: Graph;
  private readonly engine: Engine;
  private readonly options: CompileOptions;
  private readonly specs: ReturnType<typeof inputSpecs>;
  /** For each input, whether it stays as it was put. */
  private readonly fixed: readonly boolean[];
  private readonly resident = new Map<string, Resident>();
  private readonly plans = new Map<string, Entry>();
  private readonly onDispose: () => void;
  private version = 0;
  private disposed = false;

  constructor(graph: Graph, options: CompileOptions, engine: Engine, onDispose: () => void = () => {}) {
    this.graph = graph;
    this.engine = engine;
    this.options = options;
    this.onDispose = onDispose;
    this.specs = inputSpecs(graph);
    const carried = new Set(Object.values(options.carry ?? {}));
    this.fixed = this.specs.map(({ name }) => this.isResident(name) && !carried.has(name));
  }

  async run(inputs: Arrays): Promise<Arrays> {
    this.assertOpen();
    const given = gatherInputs<Resident>(this.specs, inputs, this.resident, this.options);
    const bindings = bindSizes(
      this.specs,
      given.map((v) => v.shape),
    );
    const results = this.computing(() => this.compute(this.entryFor(bindings), given));
    const returned = splitOutputs(this.graph.outputNames, results, this.options, (name, handle) =>
      this.keep(name, handle),
    );
    try {
      return await read(returned);
    } finally {
      for (const handle of Object.values(returned)) handle.dispose();
    }
  }

  async put(values: Arrays): Promise<void> {
    this.assertOpen();
    for (const [name, { data, shape }] of Object.entries(values)) {
      const size = shape.reduce((a, b) => a * b, 1);
      if (size !== data.length)
        throw new ShapeError("input-size", `Input ${name} has ${data.length} values for a shape of ${size}.`, {
          hint: "The shape's sizes multiplied are the number of values.",
        });
      this.keep(
        name,
        this.computing(() => this.upload({ data: Float32Array.from(data), shape })),
      );
      this.version++;
    }
  }

  async get(names: readonly string[]): Promise<Arrays> {
    this.assertOpen();
    const wanted = names.map((name) => {
      const value = this.resident.get(name);
      if (!value)
        throw new FlowError("missing-input", `Input ${name} has no resident value.`, {
          hint: "Set it with put first.",
        });
      return [name, value.handle] as const;
    });
    return read(Object.fromEntries(wanted));
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    this.onDispose();
    for (const entry of this.plans.values()) this.drop(entry);
    for (const { handle } of this.resident.values()) handle.dispose();
    this.plans.clear();
    this.resident.clear();
  }

  /** Outputs in order, kept; everything in between is gone when this returns. */
  private compute(entry: Entry, given: readonly (Resident | HostArray)[]): Handle[] {
    const { tf } = this.engine;
    return tf.tidy(() => {
      const handles = given.map((value) => ("handle" in value ? value.handle : this.upload(value)));
      if (entry.held && entry.held.version !== this.version) {
        entry.plan.release(entry.held.values);
        delete entry.held;
      }
      const of = (fixed: boolean): Handle[] => handles.filter((_, i) => this.fixed[i] === fixed);
      entry.held ??= { values: entry.plan.hold(of(true)), version: this.version };
      return entry.plan.run(entry.held.values, of(false)).map((x) => tf.keep(x));
    });
  }

  private upload({ data, shape }: HostArray): Handle {
    const values = data instanceof Float32Array ? data : Float32Array.from(data);
    return this.engine.tf.tensor(values, [...shape], "float32");
  }

  private keep(name: string, handle: Handle): void {
    this.engine.tf.keep(handle);
    this.resident.get(name)?.handle.dispose();
    this.resident.set(name, { shape: handle.shape, data: { length: handle.size }, handle });
  }

  private entryFor(bindings: Bindings): Entry {
    const key = sizesKey(bindings);
    const entry = this.plans.get(key) ?? {
      plan: new Plan(this.engine, this.graph, bindings, (i) => this.fixed[i]!),
    };
    this.plans.delete(key);
    this.plans.set(key, entry);
    if (this.plans.size > MAX_PLANS) {
      const [oldest, old] = this.plans.entries().next().value!;
      this.plans.delete(oldest);
      this.drop(old);
    }
    return entry;
  }

  private drop({ plan, held }: Entry): void {
    if (held) plan.release(held.values);
    plan.dispose();
  }

  private computing<T>(body: () => T): T {
    return chosen(this.engine.tf, this.engine.backend, body);
  }

  private isResident(name: string): boolean {
    return this.options.resident?.includes(name) ?? false;
  }

  private assertOpen(): void {
    if (this.disposed)
      throw new BackendError("disposed", "tfjs: this program was disposed.", { hint: "Compile the graph again." });
  }
}

/** Values on the host, the caller's own: a backend may hand out the very array that it computes with. */
async function read(handles: Readonly<Record<string, Handle>>): Promise<Arrays> {
  const values = await Promise.all(
    Object.entries(handles).map(
      async ([name, handle]) => [name, hostArray(Float32Array.from(await handle.data()), handle.shape)] as const,
    ),
  );
  return Object.fromEntries(values);
}
