/**
 * What a lowering rule is given and what it returns.
 *
 * @module
 */
import type { Bindings, Dim, Graph, Primitive, PrimitiveParams } from "@normflow/core";
import type { Scope } from "./scope.ts";
import type { Value } from "./value.ts";

/** One node to lower, but for its parameters. */
export interface PlainStep {
  readonly inputs: readonly Value[];
  /** Shapes of the results. */
  readonly shapes: readonly (readonly number[])[];
  /** The graph to write in. */
  readonly scope: Scope;
  readonly bindings: Bindings;
  /** Whether nothing else reads input `i`. */
  only(i: number): boolean;
  /** The number that a size is. */
  size(dim: Dim): number;
  /** Lowers an inner graph. */
  lower(graph: Graph, inputs: readonly Value[], scope: Scope): readonly Value[];
}

/** One node to lower. */
export interface Step<P extends Primitive> extends PlainStep {
  readonly params: PrimitiveParams[P];
}

/** Writes operators for a node and returns its results. */
export type Rule<P extends Primitive> = (step: Step<P>) => readonly Value[];
