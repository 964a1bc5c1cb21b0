/**
 * Finds what follows a matrix product and costs nothing while its sums are in registers: a row added, a rectifier.
 *
 * @module
 */
import { type Graph, type GraphNode, type NodeOf, sameShape, sameSize, type Tensor } from "@normflow/core";

/** relu?(matmul + bias), computed where its last node stands. */
export interface FusedProduct {
  readonly matmul: NodeOf<"matmul">;
  readonly bias: Tensor;
  readonly relu: boolean;
}

/** The fused products of a graph by their last node, and the nodes that they absorb. */
export interface FusedProducts {
  readonly products: ReadonlyMap<GraphNode, FusedProduct>;
  readonly absorbed: ReadonlySet<GraphNode>;
}

/** How often each tensor is read, outputs included. */
function countUses({ nodes, outputs }: Graph): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const use = (t: Tensor): void => void uses.set(t, (uses.get(t) ?? 0) + 1);
  for (const node of nodes) for (const t of node.inputs) use(t);
  for (const t of outputs) use(t);
  return uses;
}

/** A vector of the last axis of `like`. */
const isRowOf = (t: Tensor, like: Tensor): boolean =>
  t.rank > 0 &&
  t.rank <= like.rank &&
  sameSize(t.shape.at(-1)!, like.shape.at(-1)!) &&
  t.shape.slice(0, -1).every((d) => d === 1);

export function fuseProducts(graph: Graph): FusedProducts {
  const products = new Map<GraphNode, FusedProduct>();
  const absorbed = new Set<GraphNode>();
  if (!graph.nodes.some(({ op }) => op === "matmul")) return { products, absorbed };
  const uses = countUses(graph);
  const once = (t: Tensor): boolean => uses.get(t) === 1;
  for (const node of graph.nodes) {
    if (node.op === "add") {
      const [a, b] = node.inputs as readonly [Tensor, Tensor];
      for (const [x, bias] of [
        [a, b],
        [b, a],
      ] as const) {
        const matmul = x.node;
        if (matmul.op !== "matmul" || !once(x) || !isRowOf(bias, x) || !sameShape(x.shape, node.outputs[0]!.shape))
          continue;
        products.set(node, { matmul, bias, relu: false });
        absorbed.add(matmul);
        break;
      }
    } else if (node.op === "relu") {
      const [x] = node.inputs as readonly [Tensor];
      const product = products.get(x.node);
      if (!product || !once(x)) continue;
      products.delete(x.node);
      absorbed.add(x.node);
      products.set(node, { ...product, relu: true });
    }
  }
  return { products, absorbed };
}
