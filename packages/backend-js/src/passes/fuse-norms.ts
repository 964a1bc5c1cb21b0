/**
 * Finds layer norms: ten small instructions that are one loop over a row.
 *
 * @module
 */
import { type Graph, type GraphNode, type NodeOf, type Primitive, sameSize, type Tensor } from "@normflow/core";
import { countUses } from "./uses.ts";

/** (c / √(scale · Σ c² + epsilon)) · gain + offset, c = x − centre · Σ x, over the last axis. */
export interface FusedNorm {
  readonly x: Tensor;
  readonly centre: number;
  readonly scale: number;
  readonly epsilon: number;
  readonly gain: Tensor;
  readonly offset: Tensor;
}

/** The layer norms of a graph by their last node, and the nodes that they absorb. */
export interface FusedNorms {
  readonly norms: ReadonlyMap<GraphNode, FusedNorm>;
  readonly absorbed: ReadonlySet<GraphNode>;
}

const nodeOf = <P extends Primitive>(t: Tensor | undefined, op: P): NodeOf<P> | undefined =>
  t?.node.op === op ? (t.node as NodeOf<P>) : undefined;

const scalar = (t: Tensor): number | undefined => {
  const data = t.rank === 0 ? nodeOf(t, "constant")?.params.data : undefined;
  return data?.[0];
};

/** An operation on a tensor and a number, in either order. */
function withNumber(t: Tensor | undefined, op: "add" | "mul"): readonly [Tensor, number] | undefined {
  const [a, b] = (nodeOf(t, op)?.inputs ?? []) as readonly Tensor[];
  if (!a || !b) return undefined;
  const [right, left] = [scalar(b), scalar(a)];
  return right !== undefined ? [a, right] : left !== undefined ? [b, left] : undefined;
}

/** Sums over the last axis that stay an axis. */
function rowSum(t: Tensor | undefined): Tensor | undefined {
  const node = nodeOf(t, "reduceSum");
  const [x] = node?.inputs ?? [];
  return node?.params.keepDims && x && node.params.axes.length === 1 && node.params.axes[0] === x.rank - 1
    ? x
    : undefined;
}

/** A vector of the last axis of `like`. */
export const isRowOf = (t: Tensor, like: Tensor): boolean =>
  t.rank > 0 &&
  t.rank <= like.rank &&
  sameSize(t.shape.at(-1)!, like.shape.at(-1)!) &&
  t.shape.slice(0, -1).every((d) => d === 1);

/** Matches the norm that ends in `node`; `inner` takes what it is made of. */
function match(node: NodeOf<"add">, inner: GraphNode[]): FusedNorm | undefined {
  const take = <T extends Tensor | undefined>(t: T): T => {
    if (t) inner.push(t.node);
    return t;
  };
  for (const [scaled, offset] of bothWays(node.inputs)) {
    inner.length = 0;
    const product = nodeOf(take(scaled), "mul");
    if (!product || !isRowOf(offset, scaled)) continue;
    for (const [quotient, gain] of bothWays(product.inputs)) {
      inner.length = 1;
      const [centred, deviation] = (nodeOf(take(quotient), "div")?.inputs ?? []) as Tensor[];
      if (!centred || !isRowOf(gain, quotient)) continue;
      const root = nodeOf(take(deviation), "sqrt");
      const shifted = withNumber(take(root?.inputs[0]), "add");
      const variance = withNumber(take(shifted?.[0]), "mul");
      const square = nodeOf(take(rowSum(take(variance?.[0]))), "mul");
      if (!shifted || !variance || square?.inputs[0] !== centred || square.inputs[1] !== centred) continue;
      const [x, mean] = (nodeOf(take(centred), "sub")?.inputs ?? []) as Tensor[];
      const centre = withNumber(take(mean), "mul");
      if (!x || !centre || rowSum(take(centre[0])) !== x) continue;
      return { x, centre: centre[1], scale: variance[1], epsilon: shifted[1], gain, offset };
    }
  }
  return undefined;
}

const bothWays = ([a, b]: readonly Tensor[]): readonly (readonly [Tensor, Tensor])[] => [
  [a!, b!],
  [b!, a!],
];

/** Finds the layer norms whose parts nothing else reads. */
export function fuseNorms(graph: Graph): FusedNorms {
  const norms = new Map<GraphNode, FusedNorm>();
  const absorbed = new Set<GraphNode>();
  if (!graph.nodes.some(({ op }) => op === "sqrt")) return { norms, absorbed };
  const uses = countUses(graph);
  for (const node of graph.nodes) {
    if (node.op !== "add") continue;
    const inner: GraphNode[] = [];
    const norm = match(node, inner);
    if (!norm) continue;
    const own = new Set(inner);
    // Within the norm the centred values are read three times, everything else once.
    const readings = inner.reduce((n, { outputs }) => n + uses.get(outputs[0]!)!, 0);
    if (readings !== own.size + 2) continue;
    norms.set(node, norm);
    for (const n of own) absorbed.add(n);
  }
  return { norms, absorbed };
}
