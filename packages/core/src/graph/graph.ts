/**
 * A graph: nodes in an order that computes every value before its use (single assignment).
 *
 * @module
 */
import type { Primitive, PrimitiveParams } from "../primitives/params.ts";
import type { Shape } from "./size.ts";
import type { Tensor } from "./tensor.ts";

/** One application of a primitive. */
export type GraphNode = {
  [P in Primitive]: {
    readonly id: number;
    readonly op: P;
    readonly params: PrimitiveParams[P];
    readonly inputs: readonly Tensor[];
    readonly outputs: readonly Tensor[];
  };
}[Primitive];

/** The node of one primitive. */
export type NodeOf<P extends Primitive> = Extract<GraphNode, { readonly op: P }>;

/** A traced program: what it takes, what it does, what it returns. */
export interface Graph {
  readonly inputs: readonly Tensor[];
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly Tensor[];
  /** A name for each output, as `run` returns them. */
  readonly outputNames: readonly string[];
}

/** The declared inputs of a graph, by name. */
export function inputSpecs(graph: Graph): { readonly name: string; readonly shape: Shape }[] {
  return graph.inputs.map((t) => ({ name: (t.node as NodeOf<"input">).params.name, shape: t.shape }));
}
