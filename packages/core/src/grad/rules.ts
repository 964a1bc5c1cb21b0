/**
 * Vector-Jacobian rules: cotangents of a node's inputs from the cotangents of its outputs.
 *
 * Rules emit ordinary nodes, so a gradient has a gradient. Where a branch is masked its arithmetic is fed a harmless
 * value first, so that no NaN leaks through a product with zero.
 *
 * @module
 */
import { FlowError } from "../error.ts";
import type { GraphNode, NodeOf } from "../graph/graph.ts";
import { type Shape, sameShape, sameSize, subSizes } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import * as op from "../ops/index.ts";
import type { Primitive } from "../primitives/params.ts";
import { kernelGradient } from "./convolution.ts";
import { scanRule, type Vjp } from "./scan-rule.ts";

/** Cotangents of the inputs, `undefined` where there is no gradient; `cts[i]` is undefined where output i is not used. */
export type VjpRule<P extends Primitive> = (
  node: NodeOf<P>,
  cts: readonly (Tensor | undefined)[],
  vjp: Vjp,
) => readonly (Tensor | undefined)[];

/** A rule that suits any node. */
type PlainRule = (node: GraphNode, cts: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[];

/** Sums a cotangent over the axes along which an operand was broadcast. */
export function unbroadcast(ct: Tensor, shape: Shape): Tensor {
  if (sameShape(ct.shape, shape)) return ct;
  const extra = ct.rank - shape.length;
  const axes = ct.shape.flatMap((d, i) => (i < extra || !sameSize(d, shape[i - extra]!) ? [i] : []));
  return op.reshape(op.sum(ct, axes), shape);
}

/** A rule for one input from its value x, the result y and the cotangent. */
const unary =
  (rule: (ct: Tensor, x: Tensor, y: Tensor) => Tensor | undefined): PlainRule =>
  (node, [ct]) => [rule(ct!, node.inputs[0]!, node.outputs[0]!)];

/** A rule for two broadcasting inputs. */
const binary =
  (
    rule: (ct: Tensor, a: Tensor, b: Tensor, y: Tensor) => readonly [Tensor | undefined, Tensor | undefined],
  ): PlainRule =>
  (node, [ct]) => {
    const [a, b] = node.inputs as readonly [Tensor, Tensor];
    const [ga, gb] = rule(ct!, a, b, node.outputs[0]!);
    return [ga && unbroadcast(ga, a.shape), gb && unbroadcast(gb, b.shape)];
  };

const none: PlainRule = (node) => node.inputs.map(() => undefined);

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** The cotangent spread back over reduced axes. */
const spread = (node: NodeOf<"reduceSum"> | NodeOf<"reduceMax">, t: Tensor): Tensor => {
  const { axes, keepDims } = node.params;
  const { shape } = node.inputs[0]!;
  return keepDims
    ? t
    : op.reshape(
        t,
        shape.map((d, i) => (axes.includes(i) ? 1 : d)),
      );
};

export const vjpRules: { readonly [P in Primitive]: VjpRule<P> } = {
  constant: none,
  iota: none,
  size: none,
  input: none,
  stopGradient: none,
  sign: none,
  floor: none,
  greater: none,
  greaterEqual: none,
  equal: none,
  argsort: none,

  neg: unary((g) => op.neg(g)),
  abs: unary((g, x) => op.mul(g, op.sign(x))),
  exp: unary((g, _, y) => op.mul(g, y)),
  expm1: unary((g, _, y) => op.mul(g, op.add(y, 1))),
  log: unary((g, x) => op.div(g, x)),
  log1p: unary((g, x) => op.div(g, op.add(1, x))),
  sqrt: unary((g, _, y) => op.div(op.mul(g, 0.5), y)),
  sin: unary((g, x) => op.mul(g, op.cos(x))),
  cos: unary((g, x) => op.neg(op.mul(g, op.sin(x)))),
  tanh: unary((g, _, y) => op.mul(g, op.sub(1, op.square(y)))),
  sigmoid: unary((g, _, y) => op.mul(g, op.mul(y, op.sub(1, y)))),
  relu: unary((g, _, y) => op.mul(g, op.greater(y, 0))),
  erf: unary((g, x) => op.mul(g, op.mul(TWO_OVER_ROOT_PI, op.exp(op.neg(op.square(x)))))),

  add: binary((g) => [g, g]),
  sub: binary((g) => [g, op.neg(g)]),
  mul: binary((g, a, b) => [op.mul(g, b), op.mul(g, a)]),
  div: binary((g, _, b, y) => [op.div(g, b), op.neg(op.mul(op.div(g, b), y))]),
  max: binary((g, a, b) => [op.mul(g, op.greaterEqual(a, b)), op.mul(g, op.greater(b, a))]),
  min: binary((g, a, b) => [op.mul(g, op.greaterEqual(b, a)), op.mul(g, op.greater(a, b))]),
  select: (node, [ct]) => {
    const [condition, a, b] = node.inputs as readonly [Tensor, Tensor, Tensor];
    return [
      undefined,
      unbroadcast(op.select(condition, ct!, 0), a.shape),
      unbroadcast(op.select(condition, 0, ct!), b.shape),
    ];
  },

  matmul: (node, [ct]) => {
    const [a, b] = node.inputs as readonly [Tensor, Tensor];
    const { transposeA, transposeB } = node.params;
    const g = ct!;
    const ga = transposeA
      ? op.matmul(b, g, { transposeA: transposeB, transposeB: true })
      : op.matmul(g, b, { transposeB: !transposeB });
    // A matrix shared by a batch: one product over the flattened batch instead of one a row and a sum.
    if (!transposeA && b.rank === 2 && a.rank > 2) {
      const rows = (t: Tensor) => op.reshape(t, [-1, t.shape.at(-1)!]);
      const gb = transposeB
        ? op.matmul(rows(g), rows(a), { transposeA: true })
        : op.matmul(rows(a), rows(g), { transposeA: true });
      return [unbroadcast(ga, a.shape), gb];
    }
    const gb = transposeB
      ? op.matmul(g, a, { transposeA: true, transposeB: transposeA })
      : op.matmul(a, g, { transposeA: !transposeA });
    return [unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)];
  },
  conv2d: (node, [ct]) => {
    const [x, kernel] = node.inputs as readonly [Tensor, Tensor];
    const { padding, dilation } = node.params;
    const [top, bottom, left, right] = padding;
    const [dh, dw] = dilation;
    const spanH = dh * ((kernel.shape[2] as number) - 1);
    const spanW = dw * ((kernel.shape[3] as number) - 1);
    const flipped = op.transpose(op.reverse(kernel, [2, 3]), [1, 0, 2, 3]);
    const gx = op.conv2d(ct!, flipped, {
      padding: [spanH - top, spanH - bottom, spanW - left, spanW - right],
      dilation,
    });
    return [gx, kernelGradient(x, ct!, [kernel.shape[2] as number, kernel.shape[3] as number], node.params)];
  },
  triangularSolve: (node, [ct]) => {
    const [t, b] = node.inputs as readonly [Tensor, Tensor];
    const { lower, transpose, unitDiagonal } = node.params;
    const [x] = node.outputs;
    const gb = op.triangularSolve(t, ct!, { lower, transpose: !transpose, unitDiagonal });
    const outer = op.neg(transpose ? op.matmul(x!, gb, { transposeB: true }) : op.matmul(gb, x!, { transposeB: true }));
    const n = t.shape[0] as number;
    const flat = outer.rank > 2 ? op.sum(outer, [...outer.shape.keys()].slice(0, -2)) : outer;
    const row = op.expandDims(op.iota(n), 1);
    const column = op.iota(n);
    const keep = unitDiagonal
      ? lower
        ? op.greater(row, column)
        : op.less(row, column)
      : lower
        ? op.greaterEqual(row, column)
        : op.lessEqual(row, column);
    return [op.mul(flat, keep), unbroadcast(gb, b.shape)];
  },

  reduceSum: (node, [ct]) => [op.broadcastTo(spread(node, ct!), node.inputs[0]!.shape)],
  reduceMax: (node, [ct]) => {
    const [x] = node.inputs as readonly [Tensor];
    const hit = op.equal(x, spread(node, node.outputs[0]!));
    const ties = op.sum(hit, node.params.axes, true);
    return [op.mul(op.div(hit, ties), spread(node, ct!))];
  },
  softmax: (node, [ct]) => {
    const [y] = node.outputs as readonly [Tensor];
    const gy = op.mul(ct!, y);
    return [op.sub(gy, op.mul(y, op.sum(gy, node.params.axis, true)))];
  },
  cumsum: (node, [ct]) => {
    const { axis, exclusive, reverse } = node.params;
    return [op.cumsum(ct!, axis, { exclusive, reverse: !reverse })];
  },

  reshape: (node, [ct]) => [op.reshape(ct!, node.inputs[0]!.shape)],
  transpose: (node, [ct]) => {
    const inverse: number[] = [];
    node.params.perm.forEach((p, i) => void (inverse[p] = i));
    return [op.transpose(ct!, inverse)];
  },
  broadcast: (node, [ct]) => [unbroadcast(ct!, node.inputs[0]!.shape)],
  slice: (node, [ct]) => {
    const { axis, start, size } = node.params;
    return [op.pad(ct!, axis, start, subSizes(subSizes(node.inputs[0]!.shape[axis]!, size), start))];
  },
  pad: (node, [ct]) => {
    const { axis, low } = node.params;
    if (typeof low !== "number")
      throw new FlowError("no-gradient", "pad: a gradient needs the padding before the axis to be a number.", {
        hint: "Put the part of open size last.",
      });
    return [op.slice(ct!, axis, low, node.inputs[0]!.shape[axis]!)];
  },
  concat: (node, [ct]) => {
    const { axis } = node.params;
    let start = 0;
    return node.inputs.map((t, i) => {
      const size = t.shape[axis]!;
      const part = op.slice(ct!, axis, start, size);
      if (i < node.inputs.length - 1) {
        if (typeof size !== "number")
          throw new FlowError("no-gradient", "concat: a gradient needs all parts but the last to have a fixed size.", {
            hint: "Put the part of open size last.",
          });
        start += size;
      }
      return part;
    });
  },
  reverse: (node, [ct]) => [op.reverse(ct!, node.params.axes)],

  dynamicSlice: (node, [ct]) => {
    const [x, start] = node.inputs as readonly [Tensor, Tensor];
    return [op.dynamicUpdateSlice(op.broadcastTo(0, x.shape), node.params.axis, start, ct!), undefined];
  },
  dynamicUpdateSlice: (node, [ct]) => {
    const [, update, start] = node.inputs as readonly [Tensor, Tensor, Tensor];
    const { axis } = node.params;
    const size = update.shape[axis] as number;
    return [
      op.dynamicUpdateSlice(ct!, axis, start, op.broadcastTo(0, update.shape)),
      op.dynamicSlice(ct!, axis, start, size),
      undefined,
    ];
  },
  gather: (node, [ct]) => {
    const [x, index] = node.inputs as readonly [Tensor, Tensor];
    return [op.scatterAdd(op.broadcastTo(0, x.shape), node.params.axis, index, ct!), undefined];
  },
  scatterAdd: (node, [ct]) => {
    const [, index] = node.inputs as readonly [Tensor, Tensor, Tensor];
    return [ct!, undefined, op.gather(ct!, node.params.axis, index)];
  },

  scan: scanRule,
  loop: () => {
    throw new FlowError("no-gradient", "loop: its number of steps is not known when the gradient is traced.", {
      hint: "Use scan, which has a fixed length, or wrap the loop in customVjp.",
    });
  },
  customVjp: (node, cts) => {
    const full = node.outputs.map((t, i) => cts[i] ?? op.broadcastTo(0, t.shape));
    return node.params.backward(node.inputs, node.outputs, full);
  },
};
