/**
 * The passes that every backend runs before lowering.
 *
 * @module
 */
import type { Graph } from "../graph/graph.ts";
import { rewriteGraph } from "./rewrite.ts";
import { simplify } from "./simplify.ts";

/**
 * Removes dead nodes, shares equal ones, folds constants and transposes, inlines `customVjp`.
 * Two rounds: the second sees what the first has brought side by side.
 */
export function optimise(graph: Graph): Graph {
  return rewriteGraph(rewriteGraph(graph, simplify), simplify);
}
