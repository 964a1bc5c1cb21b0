/**
 * Reverse-mode differentiation of the graph being traced.
 *
 * @module
 */
import { ShapeError } from "../error.ts";
import { currentBuilder } from "../graph/builder.ts";
import type { GraphNode } from "../graph/graph.ts";
import { shapeText } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add } from "../ops/elementwise.ts";
import { broadcastTo } from "../ops/layout.ts";
import { type VjpRule, vjpRules } from "./rules.ts";

const applyRule = (node: GraphNode, cts: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] =>
  (vjpRules[node.op] as VjpRule<typeof node.op>)(node as never, cts, vjp);

/** The nodes that lie between `wrt` and `outputs`, each after those that it reads. */
function nodesBetween(wrt: readonly Tensor[], outputs: readonly Tensor[]): GraphNode[] {
  const active = new Map<GraphNode, boolean>();
  const targets = new Set(wrt);
  const order: GraphNode[] = [];
  const stack = outputs.map((t) => t.node);
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (active.has(node)) {
      stack.pop();
      continue;
    }
    const pending = node.inputs.filter((t) => !active.has(t.node));
    if (pending.length > 0) {
      for (const t of pending) stack.push(t.node);
      continue;
    }
    stack.pop();
    const depends = node.outputs.some((t) => targets.has(t)) || node.inputs.some((t) => active.get(t.node));
    active.set(node, depends);
    if (depends) order.push(node);
  }
  return order;
}

/**
 * Vector-Jacobian product: Σ ctᵢ · ∂outputᵢ/∂wrt for each `wrt`, zero where nothing depends on it.
 *
 * @param cotangents of the outputs' shapes
 * @throws {FlowError} `no-gradient` where an operator on the way has none
 */
export function vjp(outputs: readonly Tensor[], cotangents: readonly Tensor[], wrt: readonly Tensor[]): Tensor[] {
  const builder = currentBuilder();
  const ends = outputs.map((t) => builder.lift(t));
  const starts = wrt.map((t) => builder.lift(t));
  const known = new Map<Tensor, Tensor>();
  const accumulate = (t: Tensor, ct: Tensor): void => {
    const before = known.get(t);
    known.set(t, before ? add(before, ct) : ct);
  };
  ends.forEach((t, i) => void accumulate(t, broadcastTo(cotangents[i]!, t.shape)));
  const order = nodesBetween(starts, ends);
  const reached = new Set(order);
  for (const node of order.reverse()) {
    if (!node.outputs.some((t) => known.has(t)) || !node.inputs.some((t) => reached.has(t.node))) continue;
    const cts = applyRule(
      node,
      node.outputs.map((t) => known.get(t)),
    );
    node.inputs.forEach((t, i) => {
      const ct = cts[i];
      if (ct && reached.has(t.node)) accumulate(t, ct);
    });
  }
  return starts.map((t) => known.get(t) ?? broadcastTo(0, t.shape));
}

/** Gradients of a scalar with respect to tensors of the same trace, in their shapes. */
export function gradients(of: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (of.rank > 0)
    throw new ShapeError("not-a-scalar", `A gradient is taken of a scalar, not of ${shapeText(of.shape)}.`, {
      hint: "Sum or average it first, or use vjp with a cotangent.",
    });
  return vjp([of], [broadcastTo(1, [])], wrt);
}

/**
 * Jacobian-vector product Σ ∂output/∂wrtᵢ · tangentᵢ, as the reverse of the reverse: u ↦ vjp(u) is linear in u, and its
 * own transpose is the product sought.
 */
export function jvp(outputs: readonly Tensor[], wrt: readonly Tensor[], tangents: readonly Tensor[]): Tensor[] {
  const dummies = outputs.map((t) => add(broadcastTo(0, t.shape), 0));
  const pulled = vjp(outputs, dummies, wrt);
  return vjp(pulled, tangents, dummies);
}
