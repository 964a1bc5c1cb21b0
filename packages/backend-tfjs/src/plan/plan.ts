/**
 * A graph planned for one set of sizes: which kernels run, how often, and when a value may go.
 *
 * @module
 */
import {
  BackendError,
  type Bindings,
  FlowError,
  type Graph,
  type GraphNode,
  resolveShape,
  resolveSize,
  type Tensor,
} from "@normflow/core";
import type { Engine } from "../engine/device.ts";
import type { Kernel, Rule, Site } from "../lowering/rule.ts";
import { count } from "../lowering/rule.ts";
import { lowering } from "../lowering/table.ts";
import type { Handle } from "../tensorflow.ts";

/** How seldom a value changes: never, with what is held, with every run. */
const NEVER = 0;
const HELD = 1;
const RUN = 2;
type Pace = typeof NEVER | typeof HELD | typeof RUN;

interface Instruction {
  readonly op: string;
  readonly kernel: Kernel;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Places whose value nothing reads after this. */
  readonly last: number[];
}

/** Values by place while what is held stays as it is. */
export interface Held {
  readonly values: readonly (Handle | undefined)[];
  /** Those of them that were computed for this. */
  readonly own: readonly Handle[];
}

/** Control flow decides by itself what it does with empty arrays. */
const isControl = ({ op }: GraphNode): boolean => op === "scan" || op === "loop" || op === "customVjp";

/** Runs a graph; the inputs marked `held` are given once for many runs. */
export class Plan {
  private readonly engine: Engine;
  private readonly bindings: Bindings;
  private readonly programs: readonly Instruction[][] = [[], [], []];
  private readonly inner: Plan[] = [];
  private readonly heldInputs: number[] = [];
  private readonly runInputs: number[] = [];
  private readonly outputs: readonly number[];
  private readonly paces: Pace[] = [];
  /** Places that a more frequent part reads, or that are outputs. */
  private readonly lasting = new Set<number>();
  private literals: (Handle | undefined)[] | undefined;

  constructor(engine: Engine, graph: Graph, bindings: Bindings, held: (input: number) => boolean) {
    this.engine = engine;
    this.bindings = bindings;
    const places = new Map<Tensor, number>();
    const place = (t: Tensor, pace: Pace): number => {
      places.set(t, this.paces.length);
      return this.paces.push(pace) - 1;
    };
    graph.inputs.forEach(
      (t, i) => void (held(i) ? this.heldInputs : this.runInputs).push(place(t, held(i) ? HELD : RUN)),
    );
    for (const node of graph.nodes) {
      if (node.op === "input") continue;
      const inputs = node.inputs.map((t) => places.get(t)!);
      const pace = inputs.reduce<Pace>((p, i) => Math.max(p, this.paces[i]!) as Pace, NEVER);
      for (const i of inputs) if (this.paces[i]! < pace) this.lasting.add(i);
      const outputs = node.outputs.map((t) => place(t, pace));
      this.programs[pace]!.push({ op: node.op, kernel: this.bind(node), inputs, outputs, last: [] });
    }
    this.outputs = graph.outputs.map((t) => places.get(t)!);
    for (const i of this.outputs) this.lasting.add(i);
    this.markLastUses();
  }

  /** Computes what only the held inputs decide. The caller keeps them until `release`. */
  hold(given: readonly Handle[]): Held {
    this.literals ??= this.compute(NEVER, new Array<undefined>(this.paces.length), []);
    const values = [...this.literals];
    this.heldInputs.forEach((place, i) => void (values[place] = given[i]!));
    const own: Handle[] = [];
    return { values: this.compute(HELD, values, own), own };
  }

  release({ own }: Held): void {
    for (const x of own) x.dispose();
  }

  /** Runs on the inputs that are not held; the results are the caller's. */
  run(held: Held, given: readonly Handle[]): readonly Handle[] {
    const values = [...held.values];
    this.runInputs.forEach((place, i) => void (values[place] = given[i]!));
    const computed = new Set<number>();
    for (const instruction of this.programs[RUN]!) {
      this.execute(instruction, values);
      for (const i of instruction.outputs) computed.add(i);
      for (const i of instruction.last) {
        values[i]!.dispose();
        values[i] = undefined;
      }
    }
    // A handle is given away once; what belongs to others, or was given away already, leaves as a second handle.
    return this.outputs.map((i) => (computed.delete(i) ? values[i]! : this.engine.tf.clone(values[i]!)));
  }

  dispose(): void {
    for (const x of this.literals ?? []) x?.dispose();
    this.literals = undefined;
    for (const plan of this.inner) plan.dispose();
  }

  /** Runs a part that is not run every time and keeps of its results what lasts. */
  private compute(pace: Pace, values: (Handle | undefined)[], own: Handle[]): (Handle | undefined)[] {
    const { tf } = this.engine;
    try {
      tf.tidy(() => {
        for (const instruction of this.programs[pace]!) {
          this.execute(instruction, values);
          for (const i of instruction.outputs) if (this.lasting.has(i)) own.push(tf.keep(values[i]!));
        }
      });
    } catch (error) {
      for (const x of own) x.dispose();
      throw error;
    }
    return values;
  }

  private execute({ op, kernel, inputs, outputs }: Instruction, values: (Handle | undefined)[]): void {
    try {
      const results = kernel(inputs.map((i) => values[i]!));
      outputs.forEach((place, i) => void (values[place] = results[i]!));
    } catch (cause) {
      if (cause instanceof FlowError) throw cause;
      throw new BackendError(
        "kernel-failed",
        `tfjs: ${this.engine.device} could not compute ${op}: ${cause instanceof Error ? cause.message : String(cause)}`,
        { hint: "Use another device of tfjs, or another backend.", cause },
      );
    }
  }

  private bind(node: GraphNode): Kernel {
    const { tf, traits } = this.engine;
    const shapes = (tensors: readonly Tensor[]) => tensors.map((t) => resolveShape(t.shape, this.bindings));
    const to = shapes(node.outputs);
    if (!isControl(node) && to.every((shape) => count(shape) === 0)) return () => to.map((shape) => tf.zeros(shape));
    const site: Site<GraphNode["op"]> = {
      tf,
      traits,
      params: node.params,
      operands: node.inputs,
      from: shapes(node.inputs),
      to,
      size: (dim) => resolveSize(dim, this.bindings),
      plan: (graph, held) => {
        const plan = new Plan(this.engine, graph, this.bindings, (i) => i < held);
        this.inner.push(plan);
        return plan;
      },
    };
    return (lowering[node.op] as Rule<GraphNode["op"]>)(site);
  }

  /** Values of a run go with their last reading. */
  private markLastUses(): void {
    const seen = new Set<number>(this.outputs);
    for (const instruction of [...this.programs[RUN]!].reverse())
      for (const i of [...instruction.outputs, ...instruction.inputs]) {
        if (seen.has(i)) continue;
        seen.add(i);
        const computed = this.paces[i] === RUN && !this.runInputs.includes(i);
        if (computed) instruction.last.push(i);
      }
  }
}
