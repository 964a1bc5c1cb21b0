/**
 * What a reference kernel is.
 *
 * @module
 */
import type { Graph } from "../graph/graph.ts";
import type { Bindings } from "../graph/size.ts";
import type { Primitive, PrimitiveParams } from "../primitives/params.ts";
import type { Block } from "./block.ts";

/** Runs an inner graph. */
export type Evaluate = (graph: Graph, inputs: readonly Block[], bindings: Bindings) => readonly Block[];

/** Outputs from parameters and inputs. */
export type Kernel<P extends Primitive> = (
  params: PrimitiveParams[P],
  inputs: readonly Block[],
  bindings: Bindings,
  evaluate?: Evaluate,
) => readonly Block[];
