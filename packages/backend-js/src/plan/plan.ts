/**
 * A graph planned for fixed sizes: one arena, the steps over it.
 *
 * @module
 */
import {
  type Abortable,
  type Bindings,
  type CompileOptions,
  type Graph,
  type HostArray,
  hostArray,
  inputSpecs,
  inSlices,
  throwIfAborted,
} from "@normflow/core";
import { copyNest } from "../kernels/copy.ts";
import { carriedStates, settle } from "../lowering/control.ts";
import { Lowerer } from "./lower.ts";
import { nestOf } from "./nest.ts";
import { Arena, pausingSteps, runSteps, Scope, type Step } from "./scope.ts";
import { count, denseStrides, isDense, Storage, type View, wholeView } from "./view.ts";

/** The memory of a resident input of some length. */
export type ResidentMemory = (name: string, length: number) => Float32Array;

/** A value to hand on: from the arena, or an array of the plan's owner. */
export type Read = () => Float32Array;

/** Reads a view into an array of its own. */
function reading(view: View): Read {
  const n = count(view.shape);
  const [a, q] = [view.storage.array, view.storage.start + view.offset];
  if (isDense(view)) return () => a.slice(q, q + n);
  const nest = nestOf(view.shape, [denseStrides(view.shape), view.strides]);
  return () => {
    const out = new Float32Array(n);
    copyNest(nest, out, 0, a, q);
    return out;
  };
}

/** Values of an input. */
interface Values {
  readonly data: ArrayLike<number>;
}

/** Takes the next value of a resident input; without data it lies there already. */
type Keep = (input: string, shape: readonly number[], data: Float32Array | undefined) => void;

/** An output that becomes a resident input. */
interface Carried {
  readonly input: string;
  readonly view: View;
  /** Whether the value is made where the resident input lies. */
  readonly inPlace: boolean;
  readonly read: Read;
}

/** Steps for fixed sizes, with all their memory. */
export class Plan {
  private readonly steps: readonly Step[];
  private readonly residentSteps: readonly Step[];
  private readonly feeds: readonly { readonly index: number; readonly array: Float32Array; readonly start: number }[];
  private readonly returned: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly read: Read;
  }[];
  private readonly carried: readonly Carried[];
  private residentVersion = -1;

  constructor(graph: Graph, bindings: Bindings, options: CompileOptions, memory: ResidentMemory) {
    const arena = new Arena();
    const [once, resident, run] = [
      new Scope(arena, "once", 0),
      new Scope(arena, "resident", 1),
      new Scope(arena, "run", 2),
    ];
    const l = new Lowerer(bindings, arena, once);
    const targets = new Set(Object.values(options.carry ?? {}));
    const inputs = inputSpecs(graph).map(({ name, shape }) => {
      const sizes = l.shape(shape);
      const stays = options.resident?.includes(name) ?? false;
      // What every run changes is no reason to do steps apart from the run.
      const scope = stays && !targets.has(name) ? resident : run;
      const external = stays ? memory(name, count(sizes)) : undefined;
      return { name, stays, view: wholeView(new Storage(count(sizes), scope, external), sizes) };
    });
    const outputs = l.graph(
      graph,
      inputs.map((i) => i.view),
    );

    const carry = graph.outputNames.flatMap((name, i) => {
      const input = options.carry?.[name];
      return input === undefined ? [] : [{ input, index: i }];
    });
    const stateOf = (input: string): View | undefined => inputs.find((i) => i.name === input)?.view;
    const pairs = carry.map(({ input, index }) => ({ input, index, state: stateOf(input) }));
    const withState = pairs.filter((p) => p.state !== undefined);
    const settled = settle(
      withState.map((p) => outputs[p.index]!),
      withState.map((p) => p.state!),
      l,
    );
    withState.forEach((p, i) => void (outputs[p.index] = settled[i]!));
    const states = carriedStates(
      withState.map((p) => p.state!),
      settled,
    );

    for (const scope of [once, resident]) scope.layOut([], [], []);
    run.layOut(
      inputs.filter((i) => !i.stays).map((i) => i.view.storage),
      outputs.map((v) => v.storage),
      states,
    );
    once.placeAt(0);
    resident.placeAt(once.size);
    run.placeAt(once.size + resident.size);
    arena.array = new Float32Array(once.size + resident.size + run.size);

    runSteps(once.bind());
    this.residentSteps = resident.bind();
    this.steps = run.bind();
    this.feeds = inputs.flatMap(({ stays, view }, index) =>
      stays ? [] : [{ index, array: view.storage.array, start: view.storage.start }],
    );
    this.returned = graph.outputNames.flatMap((name, i) =>
      options.carry?.[name] === undefined ? [{ name, shape: outputs[i]!.shape, read: reading(outputs[i]!) }] : [],
    );
    this.carried = pairs.map(({ input, index, state }) => {
      const view = outputs[index]!;
      const inPlace = state !== undefined && state.storage.root === view.storage.root;
      return { input, view, inPlace, read: reading(view) };
    });
  }

  /** Runs on the values of all inputs, of which resident ones are where they belong already. */
  run(values: readonly Values[], residentVersion: number, keep: Keep): Record<string, HostArray> {
    this.feed(values);
    if (residentVersion !== this.residentVersion) {
      runSteps(this.residentSteps);
      this.residentVersion = residentVersion;
    }
    runSteps(this.steps);
    return this.results(keep);
  }

  /** The same in slices. What is carried must not be left half made, so a plan with such values is run through. */
  async runInSlices(
    values: readonly Values[],
    residentVersion: number,
    keep: Keep,
    signal: Abortable,
  ): Promise<Record<string, HostArray>> {
    if (this.carried.length > 0) {
      throwIfAborted(signal);
      return this.run(values, residentVersion, keep);
    }
    this.feed(values);
    const stale = residentVersion !== this.residentVersion ? this.residentSteps : [];
    await inSlices((slice) => pausingSteps([...stale, ...this.steps], slice), signal);
    this.residentVersion = residentVersion;
    return this.results(keep);
  }

  private feed(values: readonly Values[]): void {
    for (const { index, array, start } of this.feeds) array.set(values[index]!.data, start);
  }

  private results(keep: Keep): Record<string, HostArray> {
    const result: Record<string, HostArray> = {};
    for (const { name, shape, read } of this.returned) result[name] = hostArray(read(), shape);
    for (const { input, view, inPlace, read } of this.carried) keep(input, view.shape, inPlace ? undefined : read());
    return result;
  }
}
