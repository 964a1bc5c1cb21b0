/**
 * What is done to a graph before it is planned.
 *
 * @module
 */
import { type Graph, joinParts, optimise } from "@normflow/core";

/** Simplifies a graph; sums of padded parts become one joined array. */
export const prepare = (graph: Graph): Graph => joinParts(optimise(graph));
