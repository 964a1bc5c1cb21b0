/**
 * The table of primitives, and the walk that lowers a graph by it.
 *
 * @module
 */
import {
  type Bindings,
  type Graph,
  type GraphNode,
  inputSpecs,
  type Primitive,
  resolveShape,
  resolveSize,
  type Tensor,
} from "@normflow/core";
import { Names } from "../model/names.ts";
import { type ModelNotes, modelBytes } from "../model/proto.ts";
import { argsort, cumsum, reduceMax, reduceSum, softmax } from "./along.ts";
import { conv2d, matmul, triangularSolve } from "./contraction.ts";
import { loop, scan } from "./control.ts";
import { isDynamic, OPEN } from "./dynamic.ts";
import { elementwise } from "./elementwise.ts";
import { dynamicSlice, dynamicUpdateSlice, gather, scatterAdd } from "./indexing.ts";
import { broadcast, concat, pad, reshape, reverse, slice, transpose } from "./layout.ts";
import type { Rule, Step } from "./rule.ts";
import { innermost, Scope, type Target } from "./scope.ts";
import type { Value } from "./value.ts";

const lowering = {
  constant: ({ params, scope }) => [scope.later(params.shape, { kind: "literal", data: params.data })],
  iota: ({ shapes, scope }) => {
    const [shape] = shapes as readonly [readonly number[]];
    const [n] = shape as readonly [number];
    if (!isDynamic(n))
      return [scope.later(shape, { kind: "literal", data: Float64Array.from({ length: n }, (_, i) => i) })];
    const [first, step] = [0, 1].map((v) => scope.writer.literal("int64", [v], [])) as [string, string];
    const end = scope.apply("Reshape", [scope.ints([n]), scope.ints([])]);
    return [scope.written("int64", scope.apply("Range", [first, end, step]), shape)];
  },
  size: ({ params, scope, size }) => {
    const n = size(params.dim);
    if (!isDynamic(n)) return [scope.later([], { kind: "literal", data: Float64Array.of(n) })];
    return [scope.written("int64", scope.apply("Reshape", [scope.ints([n]), scope.ints([])]), [])];
  },
  input: ({ params }) => {
    throw new Error(`input ${params.name} is declared, not lowered`);
  },
  stopGradient: ({ inputs }) => inputs,
  customVjp: ({ params, inputs, scope, lower }) => lower(params.body, inputs, scope),
  ...elementwise,
  matmul,
  conv2d,
  triangularSolve,
  reduceSum,
  reduceMax,
  softmax,
  cumsum,
  argsort,
  reshape,
  transpose,
  broadcast,
  slice,
  reverse,
  pad,
  concat,
  dynamicSlice,
  dynamicUpdateSlice,
  gather,
  scatterAdd,
  scan,
  loop,
} satisfies { readonly [P in Primitive]: Rule<P> };

/** How often each value is read. */
function readers(graph: Graph): ReadonlyMap<Tensor, number> {
  const counts = new Map<Tensor, number>();
  const read = (t: Tensor): void => void counts.set(t, (counts.get(t) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(read);
  graph.outputs.forEach(read);
  return counts;
}

/** Lowers the nodes of a graph; what belongs to an outer graph is written there. */
function lowerNodes(graph: Graph, inputs: readonly Value[], scope: Scope, bindings: Bindings): readonly Value[] {
  const values = new Map<Tensor, Value>();
  graph.inputs.forEach((t, i) => void values.set(t, inputs[i]!));
  const reads = readers(graph);
  for (const node of graph.nodes) {
    if (node.op === "input") continue;
    const operands = node.inputs.map((t) => values.get(t)!);
    const step: Step<Primitive> = {
      params: node.params,
      inputs: operands,
      shapes: node.outputs.map((t) => resolveShape(t.shape, bindings)),
      scope: innermost(operands, scope),
      bindings,
      only: (i) => reads.get(node.inputs[i]!) === 1,
      size: (dim) => resolveSize(dim, bindings),
      lower: (inner, given, at) => lowerNodes(inner, given, at, bindings),
    };
    const results = (lowering[node.op] as Rule<GraphNode["op"]>)(step as never);
    node.outputs.forEach((t, i) => void values.set(t, results[i]!));
  }
  return graph.outputs.map((t) => values.get(t)!);
}

/** An input or output of a model: its name in the graph and in the model, and its shape. */
export interface Port {
  readonly name: string;
  readonly port: string;
  readonly shape: readonly number[];
}

/** A model for fixed sizes. */
export interface Lowered {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** What a model holds beside its graph. */
export interface LowerOptions {
  /** The symbol that has no value: its axes stay open. */
  readonly open?: string;
  /** Names of literals by their data. */
  readonly literals?: ReadonlyMap<object, string>;
  readonly notes?: ModelNotes;
}

/** Lowers an optimised graph to the bytes of a model for the sizes given. The same graph and sizes give the same bytes. */
export function lower(graph: Graph, sizes: Bindings, provider: Target, options: LowerOptions = {}): Lowered {
  const { open, literals, notes } = options;
  const bindings: Bindings = open === undefined ? sizes : new Map([...sizes, [open, OPEN]]);
  const names = new Names(literals, open);
  const scope = new Scope(names, provider);
  const inputs = inputSpecs(graph).map(({ name, shape }): Port => {
    const port = names.reserve(name, "'");
    return { name, port, shape: resolveShape(shape, bindings) };
  });
  const measured = inputs.find(({ shape }) => shape.includes(OPEN));
  if (measured) scope.readSizeFrom(measured.port, measured.shape.indexOf(OPEN));
  const ports = graph.outputNames.map((name) => names.reserve(name, "'"));
  const given = inputs.map(({ port, shape }) =>
    scope.written("float", scope.writer.input(port, "float", shape), shape),
  );
  const results = lowerNodes(graph, given, scope, bindings);
  const outputs = results.map(({ shape }, i): Port => ({ name: graph.outputNames[i]!, port: ports[i]!, shape }));
  const proto = scope.writer.finish(
    "normflow",
    results.map((v, i) => ({ value: scope.float(v), type: "float" as const, shape: v.shape, name: ports[i]! })),
  );
  return { bytes: modelBytes(proto, notes), inputs, outputs };
}
