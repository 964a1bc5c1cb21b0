/**
 * Elementwise kernels: one row of n entries, each operand with its own step (0 repeats one entry).
 *
 * @module
 */
import { errorFunction } from "@normflow/core";

/** A kernel of one operand. */
export type Unary = (n: number, o: Float32Array, p: number, ps: number, a: Float32Array, q: number, qs: number) => void;

/** A kernel of two operands. */
export type Binary = (
  n: number,
  o: Float32Array,
  p: number,
  ps: number,
  a: Float32Array,
  q: number,
  qs: number,
  b: Float32Array,
  r: number,
  rs: number,
) => void;

/** A kernel of a condition and two operands. */
export type Ternary = (
  n: number,
  o: Float32Array,
  p: number,
  ps: number,
  a: Float32Array,
  q: number,
  qs: number,
  b: Float32Array,
  r: number,
  rs: number,
  c: Float32Array,
  s: number,
  ss: number,
) => void;

// Each loop is written out: a shared one would call a function for every entry. Those of sums and products, the most
// frequent, do four entries a turn.

export const neg: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = -a[q]!;
};
export const abs: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.abs(a[q]!);
};
export const sign: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.sign(a[q]!);
};
export const floor: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.floor(a[q]!);
};
export const exp: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.exp(a[q]!);
};
export const expm1: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.expm1(a[q]!);
};
export const log: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.log(a[q]!);
};
export const log1p: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.log1p(a[q]!);
};
export const sqrt: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.sqrt(a[q]!);
};
export const sin: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.sin(a[q]!);
};
export const cos: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.cos(a[q]!);
};
export const tanh: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.tanh(a[q]!);
};
export const sigmoid: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = 1 / (1 + Math.exp(-a[q]!));
};
export const relu: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = Math.max(a[q]!, 0);
};
export const erf: Unary = (n, o, p, ps, a, q, qs) => {
  for (; n > 0; n--, p += ps, q += qs) o[p] = errorFunction(a[q]!);
};
export const add: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n >= 4; n -= 4) {
    o[p] = a[q]! + b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! + b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! + b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! + b[r]!;
    p += ps;
    q += qs;
    r += rs;
  }
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = a[q]! + b[r]!;
};
export const sub: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n >= 4; n -= 4) {
    o[p] = a[q]! - b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! - b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! - b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! - b[r]!;
    p += ps;
    q += qs;
    r += rs;
  }
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = a[q]! - b[r]!;
};
export const mul: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n >= 4; n -= 4) {
    o[p] = a[q]! * b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! * b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! * b[r]!;
    p += ps;
    q += qs;
    r += rs;
    o[p] = a[q]! * b[r]!;
    p += ps;
    q += qs;
    r += rs;
  }
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = a[q]! * b[r]!;
};
export const div: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = a[q]! / b[r]!;
};
export const max: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = Math.max(a[q]!, b[r]!);
};
export const min: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = Math.min(a[q]!, b[r]!);
};
export const greater: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = a[q]! > b[r]! ? 1 : 0;
};
export const greaterEqual: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = a[q]! >= b[r]! ? 1 : 0;
};
export const equal: Binary = (n, o, p, ps, a, q, qs, b, r, rs) => {
  for (; n > 0; n--, p += ps, q += qs, r += rs) o[p] = a[q]! === b[r]! ? 1 : 0;
};
export const select: Ternary = (n, o, p, ps, a, q, qs, b, r, rs, c, s, ss) => {
  for (; n > 0; n--, p += ps, q += qs, r += rs, s += ss) o[p] = a[q] !== 0 ? b[r]! : c[s]!;
};
