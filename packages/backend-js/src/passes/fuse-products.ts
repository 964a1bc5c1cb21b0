/**
 * Finds what follows a matrix product and costs nothing while its sums are in registers: a row added, a rectifier.
 *
 * @module
 */
import { type Graph, type GraphNode, type NodeOf, sameShape, type Tensor } from "@normflow/core";
import { isRowOf } from "./fuse-norms.ts";
import { countUses } from "./uses.ts";

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

/** Finds the products of a graph whose ends nothing else reads. */
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
