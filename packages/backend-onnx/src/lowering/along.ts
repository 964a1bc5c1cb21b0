/**
 * Primitives along axes: sums, maxima, softmax, running sums, orders.
 *
 * @module
 */
import type { Rule } from "./rule.ts";

const reduction =
  <P extends "reduceSum" | "reduceMax">(op: string): Rule<P> =>
  ({ params, inputs, shapes, scope }) => {
    const [x] = inputs as readonly [(typeof inputs)[0]];
    // Without axes ONNX reduces all of them.
    if (params.axes.length === 0) return [x];
    const name = scope.apply(op, [scope.float(x), scope.ints(params.axes)], {
      keepdims: { int: params.keepDims ? 1 : 0 },
    });
    return [scope.written("float", name, shapes[0]!)];
  };

export const reduceSum = reduction<"reduceSum">("ReduceSum");
export const reduceMax = reduction<"reduceMax">("ReduceMax");

export const softmax: Rule<"softmax"> = ({ params, inputs, shapes, scope }) => [
  scope.written("float", scope.apply("Softmax", [scope.float(inputs[0]!)], { axis: { int: params.axis } }), shapes[0]!),
];

export const cumsum: Rule<"cumsum"> = ({ params, inputs, shapes, scope }) => {
  const axis = scope.writer.literal("int64", [params.axis], []);
  const name = scope.apply("CumSum", [scope.float(inputs[0]!), axis], {
    exclusive: { int: params.exclusive ? 1 : 0 },
    reverse: { int: params.reverse ? 1 : 0 },
  });
  return [scope.written("float", name, shapes[0]!)];
};

/** All entries by `TopK`, smallest first; among equals it gives the lower index first, so the order is stable. */
export const argsort: Rule<"argsort"> = ({ params, inputs, shapes, scope }) => {
  const [shape] = shapes as readonly [readonly number[]];
  const [, order] = scope.writer.node(
    "TopK",
    [scope.float(inputs[0]!), scope.ints([shape[params.axis]!])],
    { axis: { int: params.axis }, largest: { int: 0 }, sorted: { int: 1 } },
    { outputs: 2 },
  );
  return [scope.written("int64", order!, shape)];
};
