/**
 * Joins what gradients of slices leave behind: a sum of many arrays of zeros, each with one part filled.
 *
 * @module
 */
import type { Graph, GraphNode, NodeOf } from "../graph/graph.ts";
import { sameShape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, broadcastTo, concat } from "../ops/index.ts";
import { optimise } from "./optimise.ts";
import { rewriteGraph } from "./rewrite.ts";

/** A part of an axis and where it lies. */
interface Part {
  readonly value: Tensor;
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

const innerGraphs = ({ params }: GraphNode): Graph[] =>
  (Object.values(params) as unknown[]).filter(
    (v): v is Graph => typeof v === "object" && v !== null && "outputNames" in v,
  );

const hasPads = ({ nodes }: Graph): boolean => nodes.some((n) => n.op === "pad" || innerGraphs(n).some(hasPads));

/** The sums of a graph that nothing but one other sum reads. */
function partialSums(graph: Graph, found = new Set<GraphNode>()): Set<GraphNode> {
  const readers = new Map<Tensor, GraphNode | undefined>();
  for (const node of graph.nodes) {
    for (const t of node.inputs) readers.set(t, readers.has(t) ? undefined : node);
    for (const inner of innerGraphs(node)) partialSums(inner, found);
  }
  for (const t of graph.outputs) readers.set(t, undefined);
  for (const node of graph.nodes) if (node.op === "add" && readers.get(node.outputs[0]!)?.op === "add") found.add(node);
  return found;
}

/** A padded tensor as the part that it fills, where its place is known. */
function partOf(t: Tensor): Part | undefined {
  if (t.node.op !== "pad") return undefined;
  const { params, inputs } = t.node as NodeOf<"pad">;
  const [value] = inputs as readonly [Tensor];
  const { axis, low, high } = params;
  const size = value.shape[axis];
  if (typeof low !== "number" || typeof high !== "number" || typeof size !== "number" || low < 0 || high < 0)
    return undefined;
  return { value, axis, from: low, to: low + size };
}

/** Parts of one axis that do not overlap, in order, with zeros between them. */
function joined(parts: readonly Part[], like: Tensor): Tensor {
  const { axis } = parts[0]!;
  const zeros = (size: number): Tensor[] =>
    size === 0
      ? []
      : [
          broadcastTo(
            0,
            like.shape.map((d, i) => (i === axis ? size : d)),
          ),
        ];
  let at = 0;
  const pieces = parts.flatMap(({ value, from, to }) => {
    const gap = zeros(from - at);
    at = to;
    return [...gap, value];
  });
  return concat([...pieces, ...zeros((like.shape[axis] as number) - at)], axis);
}

/** Makes one array of the padded parts of every sum; parts that overlap go to another. */
export function joinParts(graph: Graph): Graph {
  if (!hasPads(graph)) return graph;
  const partial = partialSums(graph);
  const open = new Set<GraphNode>();
  const terms = (t: Tensor): Tensor[] => (open.has(t.node) ? t.node.inputs.flatMap(terms) : [t]);
  const rebuilt = rewriteGraph(graph, (node, inputs, builder) => {
    if (node.op !== "add") return undefined;
    if (partial.has(node)) {
      const sum = builder.emit("add", {}, inputs);
      open.add(sum[0]!.node);
      return sum;
    }
    const [whole] = node.outputs as readonly [Tensor];
    const all = inputs.flatMap(terms);
    const partIn = (t: Tensor): Part | undefined => (sameShape(t.shape, whole.shape) ? partOf(t) : undefined);
    const parts = all.flatMap((t) => partIn(t) ?? []);
    const layers: Part[][] = [];
    for (const part of parts.sort((a, b) => a.axis - b.axis || a.from - b.from)) {
      const free = layers.find((l) => l[0]!.axis === part.axis && l.at(-1)!.to <= part.from);
      if (free) free.push(part);
      else layers.push([part]);
    }
    if (layers.length === parts.length) return undefined;
    const rest = all.filter((t) => !partIn(t));
    return [[...layers.map((l) => joined(l, whole)), ...rest].reduce((a, b) => add(a, b))];
  });
  return optimise(rebuilt);
}
