/**
 * Leaves out broadcasts before operators that broadcast by themselves: each would be a copy.
 *
 * @module
 */
import { type Primitive, type Rewrite, sameShape, type Tensor } from "@normflow/core";

const BROADCASTING: ReadonlySet<Primitive> = new Set<Primitive>([
  "add",
  "sub",
  "mul",
  "div",
  "max",
  "min",
  "greater",
  "greaterEqual",
  "equal",
]);

/** What a tensor was before it was repeated. */
const small = (t: Tensor): Tensor => (t.node.op === "broadcast" ? t.node.inputs[0]! : t);

/** x ∘ broadcast(y) is x ∘ y where x alone has the result's shape. */
export const keepSmall: Rewrite = (node, inputs, builder) => {
  if (!BROADCASTING.has(node.op)) return undefined;
  const [a, b] = inputs as readonly [Tensor, Tensor];
  const { shape } = node.outputs[0]!;
  const left = sameShape(b.shape, shape) ? small(a) : a;
  const right = left === a && sameShape(a.shape, shape) ? small(b) : b;
  if (left === a && right === b) return undefined;
  return builder.emit(node.op as "add", {}, [left, right]);
};
