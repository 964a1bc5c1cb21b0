/**
 * Builds graphs: tracing, sharing of equal nodes, capture of outer values by inner graphs.
 *
 * @module
 */
import { FlowError } from "../error.ts";
import type { Primitive, PrimitiveParams } from "../primitives/params.ts";
import { shapeRules } from "../primitives/shape-rules.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { type Shape, shapeText } from "./size.ts";
import { Tensor, type TensorLike } from "./tensor.ts";

/** Primitives whose equal applications are one node: all but those that name a value from outside. */
const shareable = (op: Primitive): boolean => op !== "input" && op !== "scan" && op !== "loop" && op !== "customVjp";

function paramsKey(op: Primitive, params: object): string {
  if (op === "constant") {
    const { data, shape } = params as PrimitiveParams["constant"];
    if (data.length > 64) return `#${objectId(data)}[${shape}]`;
    return `${Array.from(data, (v) => (Object.is(v, -0) ? "-0" : v)).join()}[${shape}]`;
  }
  if (Object.keys(params).length === 0) return "";
  return JSON.stringify(params, (_, v: unknown) =>
    typeof v === "object" && v !== null && "terms" in v ? String(v) : v,
  );
}

const ids = new WeakMap<object, number>();
let nextObject = 0;
function objectId(value: object): number {
  let id = ids.get(value);
  if (id === undefined) ids.set(value, (id = nextObject++));
  return id;
}

/** Takes nodes and makes a graph of them. */
export class Builder {
  readonly parent: Builder | undefined;
  /** Whether each literal is a node of its own: programs that differ in literals only then have the same nodes. */
  private readonly literalsApart: boolean;
  private readonly nodes: GraphNode[] = [];
  private readonly shared = new Map<string, GraphNode>();
  private readonly captured = new Map<Tensor, Tensor>();
  private readonly inputs: Tensor[] = [];

  constructor(parent?: Builder, literalsApart = false) {
    this.parent = parent;
    this.literalsApart = literalsApart;
  }

  /** Adds an input of the graph. */
  input(name: string, shape: Shape): Tensor {
    const tensor = this.emit("input", { name, shape }, [])[0]!;
    this.inputs.push(tensor);
    return tensor;
  }

  /** Applies a primitive; equal applications share one node. */
  emit<P extends Primitive>(op: P, params: PrimitiveParams[P], inputs: readonly TensorLike[]): readonly Tensor[] {
    const values = inputs.map((t) => this.lift(t));
    const key =
      shareable(op) && !(this.literalsApart && op === "constant")
        ? `${op}(${values.map((t) => `${t.node.id}.${t.output}`).join()})${paramsKey(op, params)}`
        : undefined;
    const found = key === undefined ? undefined : this.shared.get(key);
    if (found) return found.outputs;
    const shapes = shapeRules[op](
      params,
      values.map((t) => t.shape),
      values,
    );
    const outputs: Tensor[] = [];
    const node = { id: this.nodes.length, op, params, inputs: values, outputs } as unknown as GraphNode;
    shapes.forEach((shape, i) => void outputs.push(new Tensor(this, node, i, shape)));
    this.nodes.push(node);
    if (key !== undefined) this.shared.set(key, node);
    return outputs;
  }

  /** A value as this graph sees it: numbers become constants, values of an outer graph become captured inputs. */
  lift(value: TensorLike): Tensor {
    if (typeof value === "number") return this.emit("constant", { data: Float64Array.of(value), shape: [] }, [])[0]!;
    if (value.builder === this) return value;
    const known = this.captured.get(value);
    if (known) return known;
    if (!this.descendsFrom(value.builder))
      throw new FlowError("foreign-tensor", `A tensor of shape ${shapeText(value.shape)} belongs to another trace.`, {
        hint: "Pass it in as an argument of the traced function.",
      });
    if (value.node.op === "constant" || value.node.op === "size" || value.node.op === "iota")
      return this.emit(value.node.op, value.node.params as never, [])[0]!;
    const inner = this.emit("input", { name: `captured${this.captured.size}`, shape: value.shape }, [])[0]!;
    this.captured.set(value, inner);
    return inner;
  }

  /** The outer values that were captured, and the inputs that stand for them. */
  captures(): { readonly outer: Tensor; readonly inner: Tensor }[] {
    return [...this.captured].map(([outer, inner]) => ({ outer, inner }));
  }

  /** Closes the graph; captured values come first among its inputs. */
  finish(outputs: readonly Tensor[], outputNames?: readonly string[]): Graph {
    return {
      inputs: [...this.captured.values(), ...this.inputs],
      nodes: this.nodes,
      outputs,
      outputNames: outputNames ?? outputs.map((_, i) => `output${i}`),
    };
  }

  private descendsFrom(other: Builder): boolean {
    for (let b: Builder | undefined = this; b; b = b.parent) if (b === other) return true;
    return false;
  }
}

let active: Builder | undefined;

/** The graph being traced. */
export function currentBuilder(): Builder {
  if (!active)
    throw new FlowError("no-trace", "Tensors exist only while a function is traced.", {
      hint: "Call this inside trace(…), a layer's forward or inverse, or a loss.",
    });
  return active;
}

/** Runs `body` with `builder` as the graph being traced. */
export function within<T>(builder: Builder, body: () => T): T {
  const outer = active;
  active = builder;
  try {
    return body();
  } finally {
    active = outer;
  }
}

/** Opens an inner graph of the one being traced (a loop's body). */
export const innerBuilder = (): Builder => new Builder(currentBuilder());

/** Applies a primitive in the graph being traced. */
export const emit = <P extends Primitive>(
  op: P,
  params: PrimitiveParams[P],
  inputs: readonly TensorLike[],
): readonly Tensor[] => currentBuilder().emit(op, params, inputs);

/** Traces a function of tensors into a graph, `trace(([x]) => [exp(x)], [["N"…]])`. */
export function trace<const N extends string>(
  inputs: Readonly<Record<N, Shape>>,
  body: (inputs: Readonly<Record<N, Tensor>>) => Readonly<Record<string, Tensor>>,
): Graph {
  const builder = new Builder(active);
  return within(builder, () => {
    const tensors = Object.fromEntries(
      (Object.entries(inputs) as [N, Shape][]).map(([name, shape]) => [name, builder.input(name, shape)]),
    ) as Record<N, Tensor>;
    const outputs = Object.entries(body(tensors));
    return builder.finish(
      outputs.map(([, t]) => builder.lift(t)),
      outputs.map(([name]) => name),
    );
  });
}

/** Repeats a graph's nodes in the graph being traced, with other inputs; returns its outputs. */
export function inline(graph: Graph, inputs: readonly TensorLike[]): Tensor[] {
  const builder = currentBuilder();
  const map = new Map<Tensor, Tensor>();
  graph.inputs.forEach((t, i) => void map.set(t, builder.lift(inputs[i]!)));
  const renumbered = new Map<number, number>();
  for (const node of graph.nodes) {
    if (node.op === "input") continue;
    const outputs = builder.emit(
      node.op,
      inlinedParams(node, renumbered) as never,
      node.inputs.map((t) => map.get(t)!),
    );
    node.outputs.forEach((t, i) => void map.set(t, outputs[i]!));
    renumbered.set(node.id, outputs[0]!.node.id);
  }
  return graph.outputs.map((t) => map.get(t)!);
}

/** Parameters of a repeated node; what names another node of its graph names that node's repetition. */
function inlinedParams(node: GraphNode, renumbered: ReadonlyMap<number, number>): object {
  if (node.op !== "scan" || node.params.extends === undefined) return node.params;
  const { extends: original, ...params } = node.params;
  const repeated = renumbered.get(original);
  return repeated === undefined ? params : { ...params, extends: repeated };
}
