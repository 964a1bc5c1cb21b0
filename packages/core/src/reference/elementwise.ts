/**
 * What the primitives that work entry by entry do to numbers. They stand apart because constant folding needs them, and
 * a bundle that folds constants should not carry the whole reference backend.
 *
 * @module
 */
import type { Primitive } from "../primitives/params.ts";
import { erf } from "../special/index.ts";

/** Functions of one to three numbers, by primitive. */
export const scalarFunctions = {
  neg: (x: number) => -x,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  relu: (x: number) => Math.max(x, 0),
  erf,

  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  max: (a: number, b: number) => Math.max(a, b),
  min: (a: number, b: number) => Math.min(a, b),
  greater: (a: number, b: number) => (a > b ? 1 : 0),
  greaterEqual: (a: number, b: number) => (a >= b ? 1 : 0),
  equal: (a: number, b: number) => (a === b ? 1 : 0),
  select: (c: number, a: number, b: number) => (c !== 0 ? a : b),
} satisfies { readonly [P in Primitive]?: (...values: number[]) => number };

/** A primitive that works entry by entry. */
export type Elementwise = keyof typeof scalarFunctions;

/** Whether a primitive works entry by entry. */
export const isElementwise = (op: Primitive): op is Elementwise => Object.hasOwn(scalarFunctions, op);
