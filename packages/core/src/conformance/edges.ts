/**
 * Elementwise primitives where numbers end: zeros of both signs, infinities, NaN, and next to 0.
 *
 * @module
 */
import { hostArray } from "../backend.ts";
import { trace } from "../graph/builder.ts";
import { symbol } from "../graph/size.ts";
import type { Tensor, TensorLike } from "../graph/tensor.ts";
import * as op from "../ops/index.ts";
import { values } from "./case.ts";
import { type BackendCheck, caseCheck } from "./check.ts";

const N = symbol("N");

const unary = {
  neg: op.neg,
  abs: op.abs,
  sign: op.sign,
  floor: op.floor,
  exp: op.exp,
  expm1: op.expm1,
  log: op.log,
  log1p: op.log1p,
  sqrt: op.sqrt,
  sin: op.sin,
  cos: op.cos,
  tanh: op.tanh,
  sigmoid: op.sigmoid,
  relu: op.relu,
  erf: op.erf,
} satisfies Record<string, (x: Tensor) => Tensor>;

const binary = {
  add: op.add,
  sub: op.sub,
  mul: op.mul,
  div: op.div,
  max: op.max,
  min: op.min,
  greater: op.greater,
  greaterEqual: op.greaterEqual,
  equal: op.equal,
} satisfies Record<string, (a: TensorLike, b: TensorLike) => Tensor>;

const { POSITIVE_INFINITY: INFINITE } = Number;
const small = [0, -0, 1e-7, -1e-7, 3e-4, -3e-4, 0.5, -0.9999, 1, -1, 30, -30, 88, 100, -100];
const odd = [...small, 1e20, -1e20, INFINITE, -INFINITE, Number.NaN];

/** Three times over: long enough for vector registers and what is left over. */
const row = (list: readonly number[]) => hostArray(Float32Array.from([...list, ...list, ...list]), [3 * list.length]);

const alone = Object.entries(unary).map(([name, f]) =>
  caseCheck({
    name: `${name}, with infinities and NaN`,
    graph: () => trace({ x: [N], y: [257] }, ({ x, y }) => ({ edge: f(x), plain: f(y) })),
    // No backend says what the sine of 1e20 is.
    inputs: () => ({
      x: row(name === "sin" || name === "cos" ? [...small, Number.NaN] : odd),
      y: values([257], -4, 4, 1),
    }),
    tolerance: 2e-6,
  }),
);

/** Functions that lose all digits next to 0 where they are composed of others carelessly. */
export const digitChecks: readonly BackendCheck[] = Object.entries({ expm1: op.expm1, log1p: op.log1p }).map(
  ([name, f]) => {
    const tiny = Float32Array.from({ length: 400 }, (_, i) => (i % 2 ? -1 : 1) * 10 ** (-20 + i / 20));
    return caseCheck({
      name: `${name} keeps its digits near 0`,
      graph: () => trace({ x: [N] }, ({ x }) => ({ y: op.div(f(x), x) })),
      inputs: () => ({ x: hostArray(tiny, [400]) }),
      tolerance: 5e-7,
    });
  },
);

const pairs = Object.entries(binary).map(([name, f]) =>
  caseCheck({
    name: `${name}, broadcasting, with infinities and NaN`,
    graph: () => trace({ a: [N, 1], b: [N] }, ({ a, b }) => ({ y: f(a, b), z: f(a, 1), w: f(2, b) })),
    inputs: () => ({ a: hostArray(row(odd).data, [3 * odd.length, 1]), b: row(odd) }),
    tolerance: 1e-5,
  }),
);

const through = caseCheck({
  name: "NaN through fused layers, sums, maxima and softmax",
  graph: () =>
    trace({ x: [5, 4], w: [4, 20], b: [20] }, ({ x, w, b }) => ({
      layer: op.relu(op.add(op.matmul(x, w), b)),
      top: op.amax(x, 1),
      tops: op.amax(x, 0),
      soft: op.softmax(x, 1),
      sum: op.sum(x, 0),
      some: op.relu(x),
    })),
  inputs: () => {
    const x = values([5, 4], -2, 2, 1);
    x.data[6] = Number.NaN;
    return { x, w: values([4, 20], -2, 2, 1), b: values([20], -2, 2, 1) };
  },
  tolerance: 2e-5,
});

/** Elementwise primitives on such numbers, and NaN on its way through others. */
export const edgeChecks: readonly BackendCheck[] = [...alone, ...pairs, through];
