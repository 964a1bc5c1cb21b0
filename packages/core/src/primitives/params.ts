/**
 * The closed set of primitives and their typed parameters. Everything else is composed of these.
 *
 * Booleans are 0 and 1, indices are integers held in floats: a graph has no dtype, the backend picks one.
 *
 * @module
 */
import type { Graph } from "../graph/graph.ts";
import type { Dim, Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";

type None = Readonly<Record<never, never>>;

/** Backward rule of a `customVjp`: cotangents of the inputs from inputs, outputs and cotangents of the outputs. */
export type CustomBackward = (
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
) => readonly (Tensor | undefined)[];

/** Parameters by primitive. */
export interface PrimitiveParams {
  // Sources
  /** Literal values, row by row. */
  constant: { readonly data: Float64Array; readonly shape: readonly number[] };
  /** 0, 1, …, size − 1. */
  iota: { readonly size: Dim };
  /** A size as a scalar. */
  size: { readonly dim: Dim };
  /** A value fed by the caller. */
  input: { readonly name: string; readonly shape: Shape };

  // Elementwise, one operand
  neg: None;
  abs: None;
  sign: None;
  floor: None;
  exp: None;
  expm1: None;
  log: None;
  log1p: None;
  sqrt: None;
  sin: None;
  cos: None;
  tanh: None;
  sigmoid: None;
  relu: None;
  erf: None;

  // Elementwise, two operands that broadcast
  add: None;
  sub: None;
  mul: None;
  div: None;
  max: None;
  min: None;
  greater: None;
  greaterEqual: None;
  equal: None;
  /** (condition, ifTrue, ifFalse), all three broadcasting. */
  select: None;

  // Contractions
  /** The last two axes multiply, the ones before broadcast. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** (x [N, C, H, W], kernel [O, C, h, w]) at stride 1; padding is [top, bottom, left, right]. */
  conv2d: { readonly padding: readonly [number, number, number, number]; readonly dilation: readonly [number, number] };
  /** Solves T x = b for triangular T [n, n] (or its transpose) and b […, n, k]. */
  triangularSolve: { readonly lower: boolean; readonly transpose: boolean; readonly unitDiagonal: boolean };

  // Along axes
  reduceSum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  reduceMax: { readonly axes: readonly number[]; readonly keepDims: boolean };
  softmax: { readonly axis: number };
  cumsum: { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean };
  /** Stable ascending order along an axis, as indices. */
  argsort: { readonly axis: number };

  // Layout
  reshape: { readonly shape: Shape };
  transpose: { readonly perm: readonly number[] };
  broadcast: { readonly shape: Shape };
  slice: { readonly axis: number; readonly start: number; readonly size: Dim };
  pad: { readonly axis: number; readonly low: Dim; readonly high: Dim };
  concat: { readonly axis: number };
  reverse: { readonly axes: readonly number[] };

  // Indexing by values
  /** (x, start): `size` entries of `axis` from a scalar start, clamped into range. */
  dynamicSlice: { readonly axis: number; readonly size: number };
  /** (x, update, start): x with `update` laid over `axis` from a scalar start, clamped into range. */
  dynamicUpdateSlice: { readonly axis: number };
  /** (x, index): y[…, i, …] = x[…, index[…, i, …], …]; index has x's shape but for `axis`. */
  gather: { readonly axis: number };
  /** (x, index, update): adds update[…, i, …] to x[…, index[…, i, …], …]. */
  scatterAdd: { readonly axis: number };

  // Control
  /** (…constants, …carry, …xs) → (…carry, …ys); the body maps (…constants, …carry, …x) to (…carry, …y). */
  scan: {
    readonly body: Graph;
    readonly constants: number;
    readonly carry: number;
    readonly length: number;
    readonly reverse: boolean;
    /** Set on a scan that repeats another one and returns more: that other node's first outputs are this one's. */
    readonly extends?: number;
  };
  /** (…constants, …carry) → carry, while `condition` holds and at most `limit` times. */
  loop: { readonly condition: Graph; readonly body: Graph; readonly constants: number; readonly limit: number };
  stopGradient: None;
  /** Computes `body`; its gradient is `backward`. */
  customVjp: { readonly name: string; readonly body: Graph; readonly backward: CustomBackward };
}

/** The name of a primitive. */
export type Primitive = keyof PrimitiveParams;
