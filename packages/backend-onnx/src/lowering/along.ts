/**
 * Primitives along axes: sums, maxima, softmax, running sums, orders.
 *
 * @module
 */
import type { Rule, Step } from "./rule.ts";
import { filled, type Value } from "./value.ts";

const reduce = (op: string, x: string, { params, scope }: Step<"reduceSum" | "reduceMax">): string =>
  scope.apply(op, [x, scope.ints(params.axes)], { keepdims: { int: params.keepDims ? 1 : 0 } });

// Without axes ONNX would reduce all of them.
export const reduceSum: Rule<"reduceSum"> = (node) => {
  const [x] = node.inputs as readonly [Value];
  if (node.params.axes.length === 0) return [x];
  return [node.scope.written("float", reduce("ReduceSum", node.scope.float(x), node), node.shapes[0]!)];
};

/** ONNX Runtime's maximum passes over NaN where another number follows; a NaN among the entries is put back. */
export const reduceMax: Rule<"reduceMax"> = (node) => {
  const [x] = node.inputs as readonly [Value];
  const { params, scope, shapes } = node;
  if (params.axes.length === 0) return [x];
  // WebGPU refuses to look for the largest of none.
  if (params.axes.some((axis) => x.shape[axis] === 0)) return [filled(scope, shapes[0]!, Number.NEGATIVE_INFINITY)];
  const entries = scope.float(x);
  const numbers = scope.form(scope.written("bool", scope.apply("Equal", [entries, entries]), []), "float");
  const all = scope.bool(scope.written("float", reduce("ReduceMin", numbers, node), []));
  const name = scope.apply("Where", [all, reduce("ReduceMax", entries, node), scope.number(Number.NaN)]);
  return [scope.written("float", name, shapes[0]!)];
};

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
