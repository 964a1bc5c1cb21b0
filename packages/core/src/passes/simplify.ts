/**
 * Algebra that every backend profits from: constant folding, identities, layout operators that cancel.
 *
 * @module
 */
import type { Builder } from "../graph/builder.ts";
import type { GraphNode, NodeOf } from "../graph/graph.ts";
import { sameShape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { elementwiseKernels } from "../reference/elementwise.ts";
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
 * Folds what works entry by entry, and reshapes: masks and scales are made of these. The rest of a graph's literals is
 * left to the backend, which computes it once, so that no other kernel has to come along.
 */
function fold(node: GraphNode, inputs: readonly Tensor[], builder: Builder): readonly Tensor[] | undefined {
  const { op } = node;
  if (op !== "reshape" && !Object.hasOwn(elementwiseKernels, op)) return undefined;
  if (inputs.length === 0 || !node.outputs.every((t) => t.shape.every((d) => typeof d === "number"))) return undefined;
  const values = inputs.map(literal);
  if (!values.every((v) => v !== undefined)) return undefined;
  const size = node.outputs.reduce((n, t) => n + t.shape.reduce<number>((a, d) => a * (d as number), 1), 0);
  if (size > FOLD_LIMIT) return undefined;
  if (op === "reshape")
    return builder.emit("constant", { data: values[0]!.data, shape: node.outputs[0]!.shape as number[] }, []);
  const results = elementwiseKernels[op as "add"](
    node.params as never,
    values.map((v) => ({ data: v.data, shape: v.shape })),
    new Map(),
  );
  return results.map((r) => builder.emit("constant", { data: r.data, shape: r.shape }, [])[0]!);
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
