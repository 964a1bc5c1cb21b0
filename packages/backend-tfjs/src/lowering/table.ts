/**
 * The table of primitives: how each is computed by forward kernels of TensorFlow.js.
 *
 * @module
 */
import type { Primitive } from "@normflow/core";
import { argsort, cumsum, reduceMax, reduceSum, softmax } from "./along.ts";
import { conv2d, matmul, triangularSolve } from "./contraction.ts";
import { customVjp, loop, scan } from "./control.ts";
import { elementwise } from "./elementwise.ts";
import { dynamicSlice, dynamicUpdateSlice, gather, scatterAdd } from "./indexing.ts";
import { broadcast, concat, pad, reshape, reverse, slice, transpose } from "./layout.ts";
import type { Rule } from "./rule.ts";

export const lowering = {
  constant: ({ tf, params: { data, shape } }) => {
    const values = Float32Array.from(data);
    return () => [tf.tensor(values, [...shape], "float32")];
  },
  iota: ({ tf, to: [shape] }) => {
    const values = Float32Array.from({ length: shape![0]! }, (_, i) => i);
    return () => [tf.tensor(values, [...shape!], "float32")];
  },
  size: ({ tf, params: { dim }, size }) => {
    const value = size(dim);
    return () => [tf.scalar(value)];
  },
  input: ({ params: { name } }) => {
    throw new Error(`input ${name} is given, not computed`);
  },
  ...elementwise,
  matmul,
  conv2d,
  triangularSolve,
  reduceSum,
  reduceMax,
  softmax,
  cumsum,
  argsort,
  reshape,
  transpose,
  broadcast,
  slice,
  pad,
  concat,
  reverse,
  dynamicSlice,
  dynamicUpdateSlice,
  gather,
  scatterAdd,
  scan,
  loop,
  customVjp,
} satisfies { readonly [P in Primitive]: Rule<P> };
