/**
 * Graphs within graphs: what a loop repeats, what a function with a gradient of its own computes.
 *
 * @module
 */
import { type Builder, innerBuilder, within } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import type { Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";

/** A graph, and the values outside of it that its first inputs stand for. */
export interface Traced {
  readonly graph: Graph;
  readonly outer: readonly Tensor[];
}

/** Traces the body of a loop. */
export function traceBody(
  inputs: readonly { readonly name: string; readonly shape: Shape }[],
  body: (inputs: readonly Tensor[]) => readonly Tensor[],
  builder: Builder = innerBuilder(),
): Traced {
  const graph = within(builder, () => {
    const tensors = inputs.map(({ name, shape }) => builder.input(name, shape));
    const outputs = body(tensors).map((t) => builder.lift(t));
    return builder.finish(outputs);
  });
  return { graph, outer: builder.captures().map((c) => c.outer) };
}
