import * as op from "@normflow/core";
import { type Arrays, type Backend, type Graph, symbol, type Tensor, trace } from "@normflow/core";
import { expectLikeReference, uniformValues } from "@normflow/core/conformance";
import { afterAll, beforeAll, describe, it } from "vitest";
import { onnx } from "./index.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await onnx({ threads: 1 });
});
afterAll(() => backend.dispose());

const random = (shape: readonly number[], low = -2, high = 2, seed = 1) => uniformValues(shape, low, high, seed);
const N = symbol("N");

const unary = {
  neg: op.neg,
  abs: op.abs,
  sign: op.sign,
  floor: op.floor,
  exp: op.exp,
  expm1: op.expm1,
  sin: op.sin,
  cos: op.cos,
  tanh: op.tanh,
  sigmoid: op.sigmoid,
  relu: op.relu,
  erf: op.erf,
  log: op.log,
  log1p: op.log1p,
  sqrt: op.sqrt,
};
/** Long enough for vector registers and what is left over. */
const special = Float32Array.of(
  ...[1, 2, 3].flatMap(() => [
    0,
    -0,
    1,
    -1,
    1e-7,
    -1e-7,
    3e-4,
    -3e-4,
    30,
    -30,
    100,
    -100,
    1e20,
    -1e20,
    Infinity,
    -Infinity,
    NaN,
    0.5,
    88,
    -0.9999,
  ]),
);

describe("one operand", () => {
  for (const [name, f] of Object.entries(unary))
    it(`${name}, with infinities and NaN`, async () => {
      const graph = trace({ x: [N] }, ({ x }) => ({ y: f(x) }));
      const trigonometric = name === "sin" || name === "cos";
      const data = trigonometric ? special.filter((v) => Math.abs(v) < 1e6 || Number.isNaN(v)) : special;
      await expectLikeReference(backend, graph, { x: { data, shape: [data.length] } }, 2e-6);
      await expectLikeReference(backend, graph, { x: random([257], -4, 4) }, 2e-6);
    });
  for (const [name, f] of [
    ["expm1", op.expm1],
    ["log1p", op.log1p],
  ] as const)
    it(`${name} keeps its digits near 0`, async () => {
      const graph = trace({ x: [N] }, ({ x }) => ({ y: op.div(f(x), x) }));
      const data = Float32Array.from({ length: 400 }, (_, i) => (i % 2 ? -1 : 1) * 10 ** (-20 + i / 20));
      await expectLikeReference(backend, graph, { x: { data, shape: [400] } }, 5e-7);
    });
});

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
};

describe("two operands", () => {
  for (const [name, f] of Object.entries(binary))
    it(`${name}, broadcasting, with infinities and NaN`, async () => {
      const graph = trace({ a: [N, 1], b: [N] }, ({ a, b }) => ({ y: f(a, b), z: f(a, 1), w: f(2, b) }));
      const n = special.length;
      await expectLikeReference(backend, graph, {
        a: { data: special, shape: [n, 1] },
        b: { data: special, shape: [n] },
      });
    });
});

type Case = readonly [title: string, build: () => readonly [Graph, Arrays]];
const shaped =
  (
    shapes: Record<string, readonly number[]>,
    body: (t: Record<string, Tensor>) => Record<string, Tensor>,
    low = -2,
    high = 2,
  ): Case[1] =>
  () => [
    trace(shapes, body),
    Object.fromEntries(Object.entries(shapes).map(([n, s], i) => [n, random(s, low, high, i + 1)])),
  ];

const cases: Case[] = [
  [
    "select",
    shaped({ c: [3, 1], a: [3, 4], b: [4] }, ({ c, a, b }) => ({
      y: op.select(op.greater(c!, 0), a!, b!),
      z: op.select(c!, 1, b!),
    })),
  ],
  [
    "logic on conditions",
    shaped({ a: [3, 4], b: [4] }, ({ a, b }) => {
      const both = op.mul(op.greater(a!, 0), op.greater(b!, 0));
      const either = op.max(op.greater(a!, 1), op.greater(b!, 1));
      return {
        both,
        either,
        none: op.not(either),
        chosen: op.select(op.not(both), a!, b!),
        mixed: op.add(both, either),
        min: op.min(both, either),
      };
    }),
  ],
  ["relu'", shaped({ g: [3, 4], y: [3, 4] }, ({ g, y }) => ({ z: op.mul(g!, op.greater(y!, 0)) }))],
  [
    "matmul of matrices",
    shaped({ a: [3, 4], b: [4, 5], c: [5, 4], d: [4, 3] }, ({ a, b, c, d }) => ({
      nn: op.matmul(a!, b!),
      nt: op.matmul(a!, c!, { transposeB: true }),
      tn: op.matmul(d!, b!, { transposeA: true }),
      tt: op.matmul(d!, c!, { transposeA: true, transposeB: true }),
    })),
  ],
  [
    "matmul with bias, factor and residual",
    shaped({ a: [3, 4], b: [4, 5], c: [5], d: [3, 5], e: [1, 5], f: [3, 1] }, ({ a, b, c, d, e, f }) => {
      const p = () => op.matmul(a!, b!);
      const q = op.matmul(d!, b!, { transposeB: true });
      return {
        bias: op.add(p(), c!),
        factor: op.mul(op.matmul(a!, op.mul(b!, 2)), 0.25),
        row: op.add(
          e!,
          op.mul(op.matmul(d!, b!, { transposeB: true }), 1).shape.length ? op.matmul(a!, op.exp(b!)) : e!,
        ),
        column: op.add(op.matmul(a!, op.neg(b!)), f!),
        residual: op.add(d!, op.matmul(a!, op.tanh(b!))),
        q,
        twice: op.add(q, op.mul(q, 3)),
        wide: op.add(op.matmul(a!, op.sin(b!)), op.broadcastTo(d!, [2, 3, 5])),
      };
    }),
  ],
  [
    "matmul of batches",
    shaped(
      { a: [2, 1, 3, 4], b: [5, 4, 6], c: [4, 6], d: [6, 4], e: [5, 6, 4], f: [2, 1, 4, 3], g: [6] },
      ({ a, b, c, d, e, f, g }) => ({
        batch: op.matmul(a!, b!),
        shared: op.matmul(a!, c!),
        sharedT: op.matmul(a!, d!, { transposeB: true }),
        batchT: op.matmul(a!, e!, { transposeB: true }),
        both: op.matmul(f!, e!, { transposeA: true, transposeB: true }),
        scaled: op.mul(op.matmul(a!, op.exp(e!), { transposeB: true }), 0.5),
        left: op.matmul(d!, b!, { transposeA: false }),
        bias: op.add(op.matmul(a!, op.exp(c!)), g!),
        tl: op.matmul(f!, c!, { transposeA: true }),
        residual: op.add(op.matmul(a!, op.sin(d!), { transposeB: true }), op.matmul(a!, op.tanh(c!))),
      }),
    ),
  ],
  [
    "NaN through fused layers",
    () => {
      const graph = trace({ x: [5, 4], w: [4, 20], b: [20] }, ({ x, w, b }) => ({
        relu: op.relu(op.add(op.matmul(x, w), b)),
        top: op.amax(x, 1),
        soft: op.softmax(x, 1),
        sum: op.sum(x, 0),
      }));
      const x = random([5, 4]);
      x.data[6] = Number.NaN;
      return [graph, { x, w: random([4, 20]), b: random([20]) }] as const;
    },
  ],
  [
    "conv2d",
    shaped({ x: [2, 3, 7, 6], k: [4, 3, 3, 2] }, ({ x, k }) => ({
      plain: op.conv2d(x!, k!),
      padded: op.conv2d(x!, k!, { padding: [1, 2, 3, 0] }),
      dilated: op.conv2d(x!, k!, { padding: [0, 0, 1, 1], dilation: [2, 3] }),
      cut: op.conv2d(x!, k!, { padding: [-1, 2, 1, -2] }),
    })),
  ],
  [
    "gradients of conv2d",
    shaped(
      { x: [2, 3, 6, 5], k: [4, 3, 3, 3] },
      ({ x, k }) => {
        const y = op.conv2d(x!, k!, { padding: [1, 1, 3, 0], dilation: [1, 2] });
        const [gx, gk] = op.gradients(op.sum(op.tanh(y)), [x!, k!]);
        return { gx: gx!, gk: gk! };
      },
      -0.5,
      0.5,
    ),
  ],
  [
    "reductions",
    shaped({ x: [3, 4, 5] }, ({ x }) => ({
      all: op.sum(x!),
      one: op.sum(x!, 1),
      kept: op.sum(x!, [0, 2], true),
      top: op.amax(x!, -1),
      tops: op.amax(x!, [0, 1], true),
      mean: op.mean(x!, 0),
      repeated: op.sum(op.broadcastTo(op.exp(op.sum(x!, [1, 2], true)), [3, 4, 5]), [1]),
    })),
  ],
  [
    "softmax and sums",
    shaped({ x: [3, 4, 5] }, ({ x }) => ({
      last: op.softmax(x!, -1),
      middle: op.softmax(x!, 1),
      lse: op.logSumExp(x!, 1),
      cumsum: op.cumsum(x!, 1),
      exclusive: op.cumsum(x!, 2, { exclusive: true }),
      back: op.cumsum(x!, 0, { reverse: true }),
      both: op.cumsum(x!, 1, { reverse: true, exclusive: true }),
      cumprod: op.cumprod(x!, 2),
    })),
  ],
  [
    "layout",
    shaped({ x: [2, 3, 4] }, ({ x }) => ({
      reshape: op.reshape(x!, [4, 6]),
      transpose: op.transpose(x!, [2, 0, 1]),
      broadcast: op.broadcastTo(x!, [5, 2, 3, 4]),
      slice: op.slice(x!, 2, 1, 2),
      pad: op.pad(x!, 1, 2, 1),
      cut: op.pad(x!, 1, -1, 2),
      cuts: op.pad(x!, 2, 1, -3),
      concat: op.concat([x!, op.neg(x!), op.slice(x!, 1, 0, 1)], 1),
      reverse: op.reverse(x!, [0, 2]),
      nothing: op.slice(x!, 1, 3, 0),
      flat: op.reshape(op.slice(x!, 1, 3, 0), [2, 2, 0]),
      mask: op.select(op.reshape(op.transpose(op.greater(x!, 0), [0, 2, 1]), [2, 3, 4]), x!, 0),
      ones: op.add(
        op.transpose(op.reshape(op.broadcastTo(1, [2, 6, 2]), [4, 3, 2]), [2, 1, 0]),
        op.reshape(x!, [2, 3, 4]),
      ),
    })),
  ],
  [
    "iota and sizes",
    shaped({ x: [3, 4] }, ({ x }) => ({
      y: op.mul(x!, op.iota(4)),
      z: op.iota(5),
      n: op.add(op.sizeOf(7), op.sum(x!)),
    })),
  ],
  [
    "scatter and gather",
    shaped({ x: [3, 4, 2], u: [3, 5, 2] }, ({ x, u }) => {
      const index = op.floor(op.mul(op.sigmoid(u!), 4));
      const rows = op.broadcastTo(op.floor(op.mul(op.sigmoid(op.slice(op.slice(u!, 0, 0, 1), 2, 0, 1)), 4)), [3, 5, 2]);
      const table = op.reshape(x!, [12, 2]);
      const places = op.broadcastTo(
        op.reshape(op.floor(op.mul(op.sigmoid(op.slice(u!, 2, 0, 1)), 12)), [15, 1]),
        [15, 2],
      );
      return {
        gather: op.gather(x!, 1, index),
        scatter: op.scatterAdd(x!, 1, index, u!),
        rows: op.gather(x!, 1, rows),
        scatterRows: op.scatterAdd(x!, 1, rows, u!),
        embed: op.gather(table, 0, places),
        accumulate: op.scatterAdd(table, 0, places, op.reshape(u!, [15, 2])),
        literal: op.gather(x!, 1, op.constant([2, 1, 0, 3, 1, 0], [3, 1, 2])),
      };
    }),
  ],
  [
    "argsort, stable",
    shaped({ x: [3, 40] }, ({ x }) => {
      const ties = op.floor(op.mul(x!, 3));
      const order = op.argsort(ties, 1);
      return { order, other: op.argsort(ties, 0), sorted: op.gather(ties, 1, order) };
    }),
  ],
  [
    "dynamic slices",
    shaped({ x: [3, 6, 2], u: [3, 2, 2], one: [3, 1, 2], row: [1, 6, 2], s: [] }, ({ x, u, one, row, s }) => ({
      inside: op.dynamicSlice(x!, 1, op.mul(op.abs(s!), 0), 2),
      low: op.dynamicSlice(x!, 1, op.sub(s!, 9), 2),
      high: op.dynamicSlice(x!, 1, op.add(s!, 99), 1),
      literal: op.dynamicSlice(x!, 0, 1, 2),
      update: op.dynamicUpdateSlice(x!, 1, op.add(op.mul(s!, 0), 3), u!),
      lowUpdate: op.dynamicUpdateSlice(x!, 1, op.sub(s!, 9), one!),
      highUpdate: op.dynamicUpdateSlice(x!, 1, op.add(s!, 99), u!),
      first: op.dynamicUpdateSlice(x!, 0, 2, row!),
    })),
  ],
  [
    "triangular solves",
    shaped(
      { t: [5, 5], b: [5, 3], c: [2, 3, 5, 4] },
      ({ t, b, c }) => {
        const diagonal = op.equal(op.expandDims(op.iota(5), 1), op.iota(5));
        const safe = op.add(op.mul(t!, 0.5), op.mul(diagonal, 3));
        const out: Record<string, Tensor> = {};
        for (const lower of [true, false])
          for (const transpose of [true, false])
            for (const unitDiagonal of [true, false]) {
              const o = { lower, transpose, unitDiagonal };
              out[`b${JSON.stringify(o)}`] = op.triangularSolve(safe, b!, o);
              out[`c${JSON.stringify(o)}`] = op.triangularSolve(safe, c!, o);
            }
        return out;
      },
      -0.5,
      0.5,
    ),
  ],
];

describe("against the reference", () => {
  for (const [title, build] of cases) it(title, async () => expectLikeReference(backend, ...build(), 2e-5));
});
