/**
 * Matrix products and convolutions.
 *
 * @module
 */
import { BackendError } from "@normflow/core";
import { clipAxes } from "./pads.ts";
import type { Rule } from "./rule.ts";
import { filled, type Value } from "./value.ts";

/** Waits as a product, for what is added to it or multiplies it. */
export const matmul: Rule<"matmul"> = ({ params, inputs, shapes, scope }) => {
  const [a, b] = inputs as readonly [Value, Value];
  const [shape] = shapes as readonly [readonly number[]];
  // Kernels of WebGPU divide by the width, and end the process.
  if (a.shape.at(params.transposeA ? -2 : -1) === 0) return [filled(scope, shape, 0)];
  return [scope.later(shape, { kind: "product", product: { a, b, ...params, alpha: 1, shape } })];
};

/** `Conv` takes no negative padding: what it would cut is cut before. */
export const conv2d: Rule<"conv2d"> = ({ params, inputs, shapes, scope }) => {
  const [x, kernel] = inputs as readonly [Value, Value];
  const [top, bottom, left, right] = params.padding;
  const cut = clipAxes(scope, scope.float(x), x.shape, [
    [2, Math.min(0, top), Math.min(0, bottom)],
    [3, Math.min(0, left), Math.min(0, right)],
  ]);
  const name = scope.apply("Conv", [cut.name, scope.float(kernel)], {
    pads: { ints: [top, left, bottom, right].map((p) => Math.max(0, p)) },
    dilations: { ints: params.dilation },
    kernel_shape: { ints: kernel.shape.slice(2) },
  });
  return [scope.written("float", name, shapes[0]!)];
};

/** The pass `lowerTriangularSolve` leaves none. */
export const triangularSolve: Rule<"triangularSolve"> = () => {
  throw new BackendError("not-lowered", "triangularSolve stands in the graph after the pass that replaces it.", {
    hint: "Pass the graph to prepare first.",
  });
};
