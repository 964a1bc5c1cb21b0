/**
 * What a lowering rule is given and what it returns.
 *
 * @module
 */
import type { Dim, Graph, Primitive, PrimitiveParams, Tensor } from "@normflow/core";
import type { Traits } from "../engine/device.ts";
import type { Plan } from "../plan/plan.ts";
import type { Handle, TensorFlow } from "../tensorflow.ts";

/** One node to lower, its sizes known. */
export interface Site<P extends Primitive> {
  readonly tf: TensorFlow;
  /** What the device's kernels do otherwise than others. */
  readonly traits: Traits;
  readonly params: PrimitiveParams[P];
  /** The operands as the graph has them. */
  readonly operands: readonly Tensor[];
  /** Shapes of the operands and of the results. */
  readonly from: readonly (readonly number[])[];
  readonly to: readonly (readonly number[])[];
  /** The number that a size is. */
  size(dim: Dim): number;
  /** Plans an inner graph that runs many times while its first `held` inputs stay. */
  plan(graph: Graph, held: number): Plan;
}

/** Computes results from operands; every result is a handle of its own, never an operand. */
export type Kernel = (inputs: readonly Handle[]) => readonly Handle[];

/** Settles once for a set of sizes what a node's kernel has to do. */
export type Rule<P extends Primitive> = (site: Site<P>) => Kernel;

/** Values as float32: comparisons return booleans, which most kernels do not take. */
export const float = (tf: TensorFlow, x: Handle): Handle => (x.dtype === "float32" ? x : tf.cast(x, "float32"));

/** The number of entries. */
export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A shape as [product before an axis, the axis, product after it]: no kernel then meets more than three axes. */
export const around = (shape: readonly number[], axis: number): [number, number, number] => [
  count(shape.slice(0, axis)),
  shape[axis]!,
  count(shape.slice(axis + 1)),
];
