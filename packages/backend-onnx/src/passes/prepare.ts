/**
 * What is done to a graph before it is lowered.
 *
 * @module
 */
import { type Graph, joinParts, lowerTriangularSolve, optimise, rewriteGraph } from "@normflow/core";
import { joinPads } from "./join-pads.ts";

/** Simplifies a graph and leaves only what has a lowering. */
export function prepare(graph: Graph): Graph {
  const solved = rewriteGraph(optimise(graph), lowerTriangularSolve);
  // What the neighbours leave, a vector of all parameters for each of them, becomes one.
  return joinParts(optimise(rewriteGraph(solved, joinPads)));
}
