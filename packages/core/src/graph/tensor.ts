/**
 * A symbolic tensor: one output of a node of a graph under construction.
 *
 * @module
 */
import type { Builder } from "./builder.ts";
import type { GraphNode } from "./graph.ts";
import type { Shape } from "./size.ts";

/** A value that a graph will compute; it has a shape and no data. */
export class Tensor {
  readonly builder: Builder;
  readonly node: GraphNode;
  /** Which of the node's outputs. */
  readonly output: number;
  readonly shape: Shape;

  constructor(builder: Builder, node: GraphNode, output: number, shape: Shape) {
    this.builder = builder;
    this.node = node;
    this.output = output;
    this.shape = shape;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }
}

/** What operators take: a tensor, or a number that becomes a constant. */
export type TensorLike = Tensor | number;
