/**
 * What is done to a graph before it is planned.
 *
 * @module
 */
import { type Graph, joinParts, lowerTriangularSolve, optimise, rewriteGraph } from "@normflow/core";
import { keepSmall } from "./keep-small.ts";

/**
 * Simplifies a graph and leaves only what has a lowering. Each operator is a call of its own here, so fewer of them is
 * all that counts: sums of padded parts become one array, and nothing is repeated that an operator repeats by itself.
 */
export function prepare(graph: Graph): Graph {
  const solved = rewriteGraph(optimise(graph), lowerTriangularSolve);
  return optimise(rewriteGraph(joinParts(optimise(solved)), keepSmall));
}
