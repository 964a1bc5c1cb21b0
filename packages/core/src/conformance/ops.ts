/**
 * What every backend must compute, primitive by primitive.
 *
 * @module
 */

import type { Tensor } from "../graph/tensor.ts";
import * as op from "../ops/index.ts";
import type { Primitive } from "../primitives/params.ts";
import type { Subject } from "./case.ts";

type Inputs = Parameters<Subject["body"]>[0];

const EDGES = [0, 1, -1, 1e-7, -1e-7, 3e-4, 30, -30, 0.5, -0.99, 88, -88];

/** A function of one operand: on a range where it is smooth, and at its edges. */
const unary = (name: string, f: (x: Tensor) => Tensor, low = -3, high = 3): Subject[] => [
  { name, shapes: { x: [3, 5] }, range: [low, high], body: ({ x }) => ({ y: f(x!) }) },
  {
    name: `${name} at edges`,
    shapes: { x: [EDGES.length] },
    values: { x: EDGES.map((v) => (low >= 0 ? Math.abs(v) : low > -1 ? Math.max(v, -0.99) : v)) },
    orders: 0,
    body: ({ x }) => ({ y: f(x!) }),
  },
];

const step = (name: string, f: (x: Tensor) => Tensor): Subject[] =>
  unary(name, f).map((s) => ({ ...s, orders: s.orders ?? 1 }));

const binary = (name: string, f: (a: Tensor, b: Tensor) => Tensor, orders: 0 | 1 | 2 = 2): Subject[] => [
  { name, shapes: { a: [3, 4], b: [3, 4] }, range: [0.5, 2], orders, body: ({ a, b }) => ({ y: f(a!, b!) }) },
  {
    name: `${name}, broadcasting`,
    shapes: { a: [2, 1, 4], b: [3, 1], c: [] },
    range: [0.5, 2],
    orders,
    body: ({ a, b, c }) => ({ y: f(a!, b!), z: f(c!, a!) }),
  },
  {
    name: `${name} of signs and ties`,
    shapes: { a: [6], b: [6] },
    values: { a: [1, -1, 2, 0, 3, -2], b: [1, 1, -2, 1, 3, -2] },
    orders: 0,
    body: ({ a, b }) => ({ y: f(a!, b!) }),
  },
  { name: `${name} of nothing`, shapes: { a: [0, 3], b: [3] }, orders: 0, body: ({ a, b }) => ({ y: f(a!, b!) }) },
];

const one = (
  name: string,
  shapes: Subject["shapes"],
  body: (t: Inputs) => Readonly<Record<string, Tensor>>,
  more: Partial<Subject> = {},
): Subject => ({ name, shapes, body, ...more });

/** Well-conditioned triangular entries. */
const triangle = (t: Tensor): Tensor =>
  op.add(op.mul(t, 0.3), op.mul(op.equal(op.expandDims(op.iota(4), 1), op.iota(4)), 2));

/** The subjects of each primitive; a primitive without a row is a type error. */
export const opSubjects = {
  constant: [
    one("constant", { x: [2, 3] }, ({ x }) => ({ y: op.add(x!, op.constant([1, -2, 3, 0.5, 1e-3, 7], [2, 3])) })),
  ],
  iota: [one("iota", { x: [4] }, ({ x }) => ({ y: op.mul(x!, op.iota(4)) }))],
  size: [one("size", { x: [4] }, ({ x }) => ({ y: op.mean(x!) }))],
  neg: unary("neg", op.neg),
  abs: step("abs", op.abs),
  sign: step("sign", op.sign),
  floor: step("floor", op.floor),
  exp: unary("exp", op.exp),
  expm1: unary("expm1", op.expm1),
  log: unary("log", op.log, 0.2, 5),
  log1p: unary("log1p", op.log1p, -0.9, 5),
  sqrt: unary("sqrt", op.sqrt, 0.2, 5),
  sin: unary("sin", op.sin),
  cos: unary("cos", op.cos),
  tanh: unary("tanh", op.tanh),
  sigmoid: unary("sigmoid", op.sigmoid),
  relu: step("relu", op.relu),
  erf: unary("erf", op.erf),
  add: binary("add", op.add),
  sub: binary("sub", op.sub),
  mul: binary("mul", op.mul),
  div: binary("div", (a, b) => op.div(a, op.add(op.square(b), 0.5))),
  max: binary("max", op.max, 1),
  min: binary("min", op.min, 1),
  greater: binary("greater", op.greater, 0),
  greaterEqual: binary("greaterEqual", op.greaterEqual, 0),
  equal: binary("equal", op.equal, 0),
  select: [
    one("select", { c: [3, 1], a: [3, 4], b: [4] }, ({ c, a, b }) => ({
      y: op.select(op.greater(c!, 0), op.exp(a!), op.square(b!)),
    })),
    one(
      "select hides what is not finite",
      { x: [5] },
      ({ x }) => {
        const ok = op.greater(x!, 0);
        return { y: op.select(ok, op.log(op.select(ok, x!, 1)), 0) };
      },
      { values: { x: [-1, 0, 1, 2, -3] }, differences: false },
    ),
  ],
  matmul: [
    ...[false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) =>
        one(
          `matmul${transposeA ? ", left transposed" : ""}${transposeB ? ", right transposed" : ""}`,
          { a: transposeA ? [4, 3] : [3, 4], b: transposeB ? [5, 4] : [4, 5] },
          ({ a, b }) => ({ y: op.matmul(a!, b!, { transposeA, transposeB }) }),
        ),
      ),
    ),
    one("matmul of batches", { a: [2, 1, 3, 4], b: [5, 4, 6], c: [4, 6], d: [6, 4] }, ({ a, b, c, d }) => ({
      both: op.matmul(a!, b!),
      shared: op.matmul(a!, c!),
      sharedTransposed: op.matmul(a!, d!, { transposeB: true }),
    })),
    one(
      "matmul with bias and residual",
      { a: [3, 4], w: [4, 5], b: [5], r: [3, 5] },
      ({ a, w, b, r }) => ({ y: op.add(op.relu(op.add(op.matmul(a!, w!), b!)), r!) }),
      { orders: 1 },
    ),
    one("matmul of nothing", { a: [0, 4], b: [4, 5] }, ({ a, b }) => ({ y: op.matmul(a!, b!) }), { orders: 0 }),
  ],
  conv2d: [
    one("conv2d", { x: [2, 3, 6, 5], k: [4, 3, 3, 2] }, ({ x, k }) => ({
      plain: op.conv2d(x!, k!),
      padded: op.conv2d(x!, k!, { padding: [1, 2, 3, 0] }),
      dilated: op.conv2d(x!, k!, { padding: [0, 0, 1, 1], dilation: [2, 3] }),
    })),
    one("conv2d to fewer channels", { x: [2, 4, 4, 5], k: [2, 4, 3, 2], p: [3, 4, 1, 1] }, ({ x, k, p }) => ({
      padded: op.conv2d(x!, k!, { padding: [1, 1, 0, 1] }),
      dilated: op.conv2d(x!, k!, { padding: [1, 0, 2, 1], dilation: [1, 2] }),
      point: op.conv2d(x!, p!),
    })),
  ],
  triangularSolve: [true, false].flatMap((lower) =>
    [true, false].flatMap((transpose) =>
      [true, false].map((unitDiagonal) =>
        one(
          `triangularSolve, ${lower ? "lower" : "upper"}${transpose ? ", transposed" : ""}${unitDiagonal ? ", unit diagonal" : ""}`,
          { t: [4, 4], b: [4, 2], c: [2, 4, 3] },
          ({ t, b, c }) => ({
            b: op.triangularSolve(triangle(t!), b!, { lower, transpose, unitDiagonal }),
            c: op.triangularSolve(triangle(t!), c!, { lower, transpose, unitDiagonal }),
          }),
        ),
      ),
    ),
  ),
  reduceSum: [
    one("reduceSum", { x: [3, 4, 5] }, ({ x }) => ({
      all: op.sum(op.sin(x!)),
      one: op.sum(x!, 1),
      kept: op.sum(op.square(x!), [0, 2], true),
    })),
  ],
  reduceMax: [
    one(
      "reduceMax",
      { x: [3, 4, 5] },
      ({ x }) => ({ all: op.amax(x!), one: op.amax(x!, 1), kept: op.amax(x!, [0, 2], true) }),
      { orders: 1 },
    ),
    one("reduceMax with ties", { x: [2, 4] }, ({ x }) => ({ y: op.amax(x!, 1) }), {
      values: { x: [1, 3, 3, 2, -1, -1, -1, -1] },
      orders: 0,
    }),
  ],
  softmax: [
    one("softmax", { x: [3, 4, 5] }, ({ x }) => ({ last: op.softmax(x!, -1), middle: op.softmax(x!, 1) })),
    one("softmax of large and hidden entries", { x: [2, 4] }, ({ x }) => ({ y: op.softmax(x!, 1) }), {
      values: { x: [1e4, 1e4, -1e9, 0, 80, -80, 0, 79] },
      orders: 0,
    }),
  ],
  cumsum: [
    one("cumsum", { x: [3, 4] }, ({ x }) => ({
      plain: op.cumsum(op.sin(x!), 1),
      exclusive: op.cumsum(op.square(x!), 0, { exclusive: true }),
      back: op.cumsum(x!, 1, { reverse: true }),
      both: op.cumsum(x!, 0, { reverse: true, exclusive: true }),
    })),
  ],
  argsort: [
    one("argsort with ties", { x: [2, 6] }, ({ x }) => ({ order: op.argsort(x!, 1) }), {
      values: { x: [3, 1, 2, 1, 3, 0, -1, -1, 5, 5, 0, 0] },
      orders: 0,
    }),
    one("sort", { x: [3, 7] }, ({ x }) => ({ y: op.square(op.sort(x!, 1)) })),
  ],
  reshape: [
    one("reshape", { x: [2, 3, 4] }, ({ x }) => ({ y: op.sin(op.reshape(x!, [4, 6])), z: op.reshape(x!, [-1, 2]) })),
  ],
  transpose: [
    one("transpose", { x: [2, 3, 4] }, ({ x }) => ({ y: op.sin(op.transpose(x!, [2, 0, 1])), z: op.transpose(x!) })),
  ],
  broadcast: [one("broadcast", { x: [3, 1] }, ({ x }) => ({ y: op.sin(op.broadcastTo(x!, [2, 3, 4])) }))],
  slice: [
    one("slice", { x: [4, 5] }, ({ x }) => ({
      y: op.sin(op.slice(x!, 1, 1, 3)),
      z: op.slice(x!, 0, 3, 1),
      none: op.slice(x!, 0, 2, 0),
    })),
  ],
  pad: [
    one("pad", { x: [3, 4] }, ({ x }) => ({ y: op.sin(op.pad(x!, 1, 2, 1)), cut: op.pad(x!, 1, -1, 2) }), {
      orders: 0,
    }),
    one("pad by zeros", { x: [3, 4] }, ({ x }) => ({ y: op.sin(op.pad(x!, 0, 1, 2)) })),
  ],
  concat: [
    one("concat", { a: [2, 3], b: [2, 2], c: [2, 1] }, ({ a, b, c }) => ({
      y: op.sin(op.concat([a!, b!, c!, a!], 1)),
      z: op.stack([b!, op.neg(b!)], 0),
    })),
  ],
  reverse: [one("reverse", { x: [3, 4] }, ({ x }) => ({ y: op.sin(op.reverse(x!, [0, 1])), z: op.reverse(x!, [1]) }))],
  dynamicSlice: [
    one(
      "dynamicSlice, clamped",
      { x: [5, 3], s: [] },
      ({ x, s }) => ({
        y: op.sin(op.dynamicSlice(x!, 0, s!, 2)),
        low: op.dynamicSlice(x!, 0, op.sub(s!, 9), 2),
        high: op.dynamicSlice(x!, 1, op.add(s!, 9), 1),
      }),
      { values: { s: [2] } },
    ),
  ],
  dynamicUpdateSlice: [
    one(
      "dynamicUpdateSlice, clamped",
      { x: [5, 3], u: [2, 3], s: [] },
      ({ x, u, s }) => ({
        y: op.sin(op.dynamicUpdateSlice(x!, 0, s!, u!)),
        high: op.dynamicUpdateSlice(x!, 0, op.add(s!, 9), op.square(u!)),
      }),
      { values: { s: [1] } },
    ),
  ],
  gather: [
    one("gather", { x: [3, 4], i: [3, 5] }, ({ x, i }) => ({ y: op.sin(op.gather(x!, 1, i!)) }), {
      values: { i: [0, 3, 3, 1, 2, 1, 1, 1, 0, 3, 2, 2, 0, 3, 1] },
    }),
  ],
  scatterAdd: [
    one(
      "scatterAdd",
      { x: [3, 4], i: [3, 2], u: [3, 2] },
      ({ x, i, u }) => ({ y: op.sin(op.scatterAdd(x!, 1, i!, u!)) }),
      { values: { i: [0, 3, 1, 1, 2, 0] } },
    ),
  ],
  stopGradient: [
    one("stopGradient", { x: [4] }, ({ x }) => ({ y: op.mul(x!, op.stopGradient(op.exp(x!))) }), {
      differences: false,
    }),
  ],
} satisfies Readonly<Record<Exclude<Primitive, "input" | "scan" | "loop" | "customVjp">, readonly Subject[]>>;
