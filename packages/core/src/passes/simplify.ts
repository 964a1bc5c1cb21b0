/**
 * Algebra that every backend profits from: constant folding, identities, layout operators that cancel.
 *
 * @module
 */
import type { Builder } from "../graph/builder.ts";
import type { GraphNode, NodeOf } from "../graph/graph.ts";
import { type Shape, sameShape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { isElementwise, scalarFunctions } from "../reference/elementwise.ts";
import type { Rewrite } from "./rewrite.ts";

/** Literals above this size are computed at run time: folding them would only make the graph bigger. */
const FOLD_LIMIT = 4096;

const literal = (t: Tensor): NodeOf<"constant">["params"] | undefined =>
  t.node.op === "constant" ? t.node.params : undefined;

/** The one value of a constant whose entries are all alike. */
function uniformValue(t: Tensor): number | undefined {
  if (t.node.op === "broadcast" || t.node.op === "reshape") return uniformValue(t.node.inputs[0]!);
  const data = literal(t)?.data;
  return data && data.length > 0 && data.length <= 64 && data.every((v) => v === data[0]) ? data[0] : undefined;
}

/** `x` in the shape of `like`. */
const as = (x: Tensor, like: Tensor, builder: Builder): readonly Tensor[] =>
  sameShape(x.shape, like.shape) ? [x] : builder.emit("broadcast", { shape: like.shape }, [x]);

/** One round of identities; `rewriteGraph` applies it to every node with its inputs already simplified. */
export const simplify: Rewrite = (node, inputs, builder) =>
  fold(node, inputs, builder) ?? identity(node, inputs, builder);

/**
 * Folds reshapes and what works entry by entry on literals of one shape: scales, counts, thresholds. The rest of a
 * graph's literals is left to the backend, which computes it once, so that no kernel has to come along.
 */
function fold(node: GraphNode, inputs: readonly Tensor[], builder: Builder): readonly Tensor[] | undefined {
  const { op } = node;
  const values = inputs.map(literal);
  const [first] = values;
  if (!first || first.data.length > FOLD_LIMIT) return undefined;
  const emit = (data: Float64Array, shape: Shape): readonly Tensor[] | undefined =>
    shape.every((d) => typeof d === "number") ? builder.emit("constant", { data, shape }, []) : undefined;
  if (op === "reshape") return emit(first.data, node.outputs[0]!.shape);
  if (!isElementwise(op) || !values.every((v) => v !== undefined && sameShape(v.shape, first.shape))) return undefined;
  const f = scalarFunctions[op] as (...entries: number[]) => number;
  return emit(
    first.data.map((_, i) => f(...values.map((v) => v!.data[i]!))),
    first.shape,
  );
}

function identity(node: GraphNode, inputs: readonly Tensor[], builder: Builder): readonly Tensor[] | undefined {
  const [a, b] = inputs as readonly [Tensor, Tensor];
  const [result] = node.outputs as readonly [Tensor];
  switch (node.op) {
    case "add":
      if (uniformValue(a) === 0) return as(b, result, builder);
      if (uniformValue(b) === 0) return as(a, result, builder);
      return undefined;
    case "sub":
      return uniformValue(b) === 0 ? as(a, result, builder) : undefined;
    case "mul":
      for (const [x, y] of [
        [a, b],
        [b, a],
      ] as const) {
        const value = uniformValue(x);
        if (value === 1) return as(y, result, builder);
        if (value === -1) return builder.emit("neg", {}, as(y, result, builder));
        if (value === 0) return builder.emit("broadcast", { shape: result.shape }, [builder.lift(0)]);
        // A broadcast scalar multiplies as the scalar it is.
        if (value !== undefined && x.rank > 0 && sameShape(y.shape, result.shape))
          return builder.emit("mul", {}, [y, builder.lift(value)]);
      }
      return undefined;
    case "div":
      return uniformValue(b) === 1 ? as(a, result, builder) : undefined;
    case "neg":
      return a.node.op === "neg" ? [a.node.inputs[0]!] : undefined;
    case "reshape":
      if (sameShape(a.shape, result.shape)) return [a];
      return a.node.op === "reshape" ? builder.emit("reshape", node.params, [a.node.inputs[0]!]) : undefined;
    case "broadcast":
      if (sameShape(a.shape, result.shape)) return [a];
      return a.node.op === "broadcast" ? builder.emit("broadcast", node.params, [a.node.inputs[0]!]) : undefined;
    case "transpose": {
      const { perm } = node.params;
      if (perm.every((p, i) => p === i)) return [a];
      if (a.node.op !== "transpose") return undefined;
      const inner = a.node.params.perm;
      const composed = perm.map((p) => inner[p]!);
      return composed.every((p, i) => p === i)
        ? [a.node.inputs[0]!]
        : builder.emit("transpose", { perm: composed }, [a.node.inputs[0]!]);
    }
    case "matmul":
      return foldTransposes(node, a, b, builder);
    case "stopGradient":
      return [a];
    case "concat":
      return inputs.length === 1 ? [a] : undefined;
    default:
      return undefined;
  }
}

/** Whether a tensor is another one with its last two axes swapped. */
function swapped(t: Tensor): Tensor | undefined {
  if (t.node.op !== "transpose") return undefined;
  const { perm } = t.node.params;
  const n = perm.length;
  return perm.every((p, i) => p === (i === n - 1 ? n - 2 : i === n - 2 ? n - 1 : i)) ? t.node.inputs[0]! : undefined;
}

function foldTransposes(node: NodeOf<"matmul">, a: Tensor, b: Tensor, builder: Builder): readonly Tensor[] | undefined {
  const ta = swapped(a);
  const tb = swapped(b);
  if (!ta && !tb) return undefined;
  const { transposeA, transposeB } = node.params;
  return builder.emit(
    "matmul",
    { transposeA: ta ? !transposeA : transposeA, transposeB: tb ? !transposeB : transposeB },
    [ta ?? a, tb ?? b],
  );
}
