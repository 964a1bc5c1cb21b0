/**
 * How each primitive is lowered; a missing one is a type error.
 *
 * @module
 */
import type { NodeOf, Primitive, PrimitiveParams } from "@normflow/core";
import { argsortLine } from "../kernels/along.ts";
import * as k from "../kernels/elementwise.ts";
import type { Lowerer } from "../plan/lower.ts";
import { broadcastView, reshapeView, sliceView, transposeView, type View } from "../plan/view.ts";
import { cumsum, lines, reduction, softmax } from "./along.ts";
import { conv2d, matmul, triangularSolve } from "./contraction.ts";
import { loop, scan } from "./control.ts";
import { binary, ternary, unary } from "./elementwise.ts";
import { dynamicSlice, dynamicUpdateSlice, gather, scatterAdd } from "./indexing.ts";
import { concat, pad, reverse } from "./layout.ts";

/** Outputs from parameters and inputs: views of them, or of what new instructions make. */
export type Lowering<P extends Primitive> = (
  params: PrimitiveParams[P],
  inputs: readonly View[],
  lowerer: Lowerer,
  node: NodeOf<P>,
) => readonly View[];

export const lowerings = {
  constant: ({ data, shape }, _, l) => [l.literal(data, shape)],
  iota: ({ size }, _, l) => {
    const n = l.size(size);
    return [
      l.literal(
        Array.from({ length: n }, (_unused, i) => i),
        [n],
      ),
    ];
  },
  size: ({ dim }, _, l) => [l.literal([l.size(dim)], [])],
  input: ({ name }) => {
    throw new Error(`input ${name} is given by the caller`);
  },

  neg: unary(k.neg),
  abs: unary(k.abs),
  sign: unary(k.sign),
  floor: unary(k.floor),
  exp: unary(k.exp),
  expm1: unary(k.expm1),
  log: unary(k.log),
  log1p: unary(k.log1p),
  sqrt: unary(k.sqrt),
  sin: unary(k.sin),
  cos: unary(k.cos),
  tanh: unary(k.tanh),
  sigmoid: unary(k.sigmoid),
  relu: unary(k.relu),
  erf: unary(k.erf),
  stopGradient: (_, [x]) => [x!],

  add: binary(k.add),
  sub: binary(k.sub),
  mul: binary(k.mul),
  div: binary(k.div),
  max: binary(k.max),
  min: binary(k.min),
  greater: binary(k.greater),
  greaterEqual: binary(k.greaterEqual),
  equal: binary(k.equal),
  select: ternary(k.select),

  matmul,
  conv2d,
  triangularSolve,

  reduceSum: reduction("sum"),
  reduceMax: reduction("max"),
  softmax,
  cumsum,
  argsort: ({ axis }, [x], l) => [lines(argsortLine, x!, axis, l)],

  reshape: ({ shape }, [x], l) => {
    const target = l.shape(shape);
    return [reshapeView(x!, target) ?? reshapeView(l.copy(x!), target)!];
  },
  transpose: ({ perm }, [x]) => [transposeView(x!, perm)],
  broadcast: ({ shape }, [x], l) => [broadcastView(x!, l.shape(shape))],
  slice: ({ axis, start, size }, [x], l) => [sliceView(x!, axis, start, l.size(size))],
  pad,
  concat,
  reverse,

  dynamicSlice,
  dynamicUpdateSlice,
  gather,
  scatterAdd,

  scan,
  loop,
  customVjp: ({ body }, inputs, l) => l.graph(body, inputs),
} satisfies { readonly [P in Primitive]: Lowering<P> };
