/**
 * How often tensors of a graph are read.
 *
 * @module
 */
import type { Graph, Tensor } from "@normflow/core";

/** The number of readings of each tensor, outputs included. */
export function countUses({ nodes, outputs }: Graph): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const use = (t: Tensor): void => void uses.set(t, (uses.get(t) ?? 0) + 1);
  for (const node of nodes) for (const t of node.inputs) use(t);
  for (const t of outputs) use(t);
  return uses;
}
