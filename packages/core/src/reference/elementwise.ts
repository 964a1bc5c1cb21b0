/**
 * The reference kernels that work entry by entry. They stand apart because constant folding needs them, and a bundle
 * that folds constants should not carry the whole reference backend.
 *
 * @module
 */
import type { Primitive } from "../primitives/params.ts";
import { erf } from "../special/index.ts";
import { elementwise1, elementwise2, elementwise3 } from "./block.ts";
import type { Kernel } from "./kernel.ts";

const one =
  (f: (x: number) => number): Kernel<Primitive> =>
  (_, [x]) => [elementwise1(x!, f)];

const two =
  (f: (a: number, b: number) => number): Kernel<Primitive> =>
  (_, [a, b]) => [elementwise2(a!, b!, f)];

export const elementwiseKernels = {
  neg: one((x) => -x),
  abs: one(Math.abs),
  sign: one(Math.sign),
  floor: one(Math.floor),
  exp: one(Math.exp),
  expm1: one(Math.expm1),
  log: one(Math.log),
  log1p: one(Math.log1p),
  sqrt: one(Math.sqrt),
  sin: one(Math.sin),
  cos: one(Math.cos),
  tanh: one(Math.tanh),
  sigmoid: one((x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))),
  relu: one((x) => Math.max(x, 0)),
  erf: one(erf),
  stopGradient: (_, [x]) => [x!],

  add: two((a, b) => a + b),
  sub: two((a, b) => a - b),
  mul: two((a, b) => a * b),
  div: two((a, b) => a / b),
  max: two((a, b) => Math.max(a, b)),
  min: two((a, b) => Math.min(a, b)),
  greater: two((a, b) => (a > b ? 1 : 0)),
  greaterEqual: two((a, b) => (a >= b ? 1 : 0)),
  equal: two((a, b) => (a === b ? 1 : 0)),
  select: (_, [c, a, b]) => [elementwise3(c!, a!, b!, (x, y, z) => (x !== 0 ? y : z))],
} satisfies { readonly [P in Primitive]?: Kernel<P> };
