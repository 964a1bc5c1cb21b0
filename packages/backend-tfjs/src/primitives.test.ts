import * as op from "@normflow/core";
import { type Arrays, type Graph, symbol, type Tensor, trace } from "@normflow/core";
import { expectLikeReference, uniformValues } from "@normflow/core/conformance";
import { afterAll, describe, it } from "vitest";
import { tfjs } from "./index.ts";

const random = (shape: readonly number[], low = -2, high = 2, seed = 1) => uniformValues(shape, low, high, seed);
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
};
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
/** Long enough for vector registers and what is left over. */
const edges = [0, -0, 1, -1, 1e-7, -1e-7, 30, -30, 100, -100, 1e20, -1e20, Infinity, -Infinity, NaN, 0.5, -0.9999];
const special = Float32Array.of(...edges, ...edges, ...edges);

const filled = (shapes: Record<string, readonly number[]>): Arrays =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, random(shape, -2, 2, i + 1)]));

type Case = readonly [
  title: string,
  shapes: Record<string, readonly number[]>,
  body: (t: Record<string, Tensor>) => Record<string, Tensor>,
];
const cases: Case[] = [
  [
    "products of batches",
    { a: [2, 1, 3, 4], b: [5, 4, 6], c: [4, 6], d: [6, 4], e: [5, 6, 4], f: [2, 1, 4, 3], g: [1, 4, 6] },
    ({ a, b, c, d, e, f, g }) => ({
      batch: op.matmul(a!, b!),
      shared: op.matmul(a!, c!),
      sharedT: op.matmul(a!, d!, { transposeB: true }),
      batchT: op.matmul(a!, e!, { transposeB: true }),
      both: op.matmul(f!, e!, { transposeA: true, transposeB: true }),
      left: op.matmul(d!, b!),
      tl: op.matmul(f!, c!, { transposeA: true }),
      tt: op.matmul(f!, d!, { transposeA: true, transposeB: true }),
      one: op.matmul(f!, g!, { transposeA: true }),
      none: op.matmul(op.slice(a!, 3, 0, 0), op.slice(c!, 0, 0, 0)),
    }),
  ],
  [
    "many axes",
    { x: [2, 3, 2, 1, 2, 2, 3], y: [3, 1, 1, 2, 1, 3] },
    ({ x, y }) => ({
      turned: op.transpose(x!, [6, 0, 3, 5, 1, 2, 4]),
      repeated: op.broadcastTo(y!, [2, 3, 2, 1, 2, 2, 3]),
      sum: op.sum(x!, [0, 2, 5]),
      top: op.amax(x!, [1, 4, 6], true),
      soft: op.softmax(x!, 2),
      running: op.cumsum(x!, 4, { reverse: true }),
      back: op.reverse(x!, [1, 5]),
      part: op.pad(op.slice(x!, 1, 1, 2), 5, 1, -1),
      joined: op.concat([x!, x!], 2),
    }),
  ],
  [
    "masks",
    { a: [3, 4], b: [4] },
    ({ a, b }) => {
      const both = op.mul(op.greater(a!, 0), op.greater(b!, 0));
      return {
        both,
        chosen: op.select(op.not(both), a!, b!),
        turned: op.transpose(op.greater(a!, 0)),
        summed: op.sum(op.equal(a!, a!), 0),
        joined: op.concat([op.greater(a!, 0), a!], 0),
        number: op.select(a!, 1, b!),
      };
    },
  ],
  [
    "empty parts",
    { x: [3, 4] },
    ({ x }) => ({
      none: op.slice(x!, 1, 2, 0),
      sum: op.sum(op.slice(x!, 1, 2, 0), 1),
      top: op.amax(op.slice(x!, 1, 2, 0), 1),
      grown: op.pad(op.slice(x!, 1, 2, 0), 1, 1, 1),
      joined: op.concat([op.slice(x!, 1, 2, 0), x!], 1),
      laid: op.dynamicUpdateSlice(x!, 1, 2, op.slice(x!, 1, 2, 0)),
      untouched: op.scatterAdd(x!, 1, op.slice(x!, 1, 0, 0), op.slice(x!, 1, 0, 0)),
    }),
  ],
  [
    "gradients of conv2d",
    { x: [2, 3, 6, 5], k: [4, 3, 3, 3] },
    ({ x, k }) => {
      const y = op.conv2d(x!, k!, { padding: [1, -1, 3, 0], dilation: [1, 2] });
      const [gx, gk] = op.gradients(op.sum(op.tanh(op.mul(y, 0.1))), [x!, k!]);
      return { y, gx: gx!, gk: gk! };
    },
  ],
];

for (const device of ["cpu", "wasm"] as const) {
  const backend = await tfjs({ device });
  afterAll(() => backend.dispose());

  describe(`primitives on ${device} against the reference`, () => {
    for (const [name, f] of Object.entries(unary))
      it(`${name}, with infinities and NaN`, async () => {
        const wave = name === "sin" || name === "cos";
        const data = wave ? special.filter((v) => Math.abs(v) < 1e6 || Number.isNaN(v)) : special;
        const graph = trace({ x: [N] }, ({ x }) => ({ y: f(x) }));
        await expectLikeReference(backend, graph, { x: { data, shape: [data.length] } }, 2e-6);
      });
    for (const [name, f] of Object.entries(binary))
      it(`${name}, broadcasting, with infinities and NaN`, async () => {
        const graph = trace({ a: [N, 1], b: [N] }, ({ a, b }) => ({ y: f(a, b), z: f(a, 1), w: f(2, b) }));
        const n = special.length;
        await expectLikeReference(backend, graph, {
          a: { data: special, shape: [n, 1] },
          b: { data: special, shape: [n] },
        });
      });
    for (const [title, shapes, body] of cases)
      it(title, () => expectLikeReference(backend, trace(shapes, body), filled(shapes), 2e-5));

    it("NaN through sums, maxima and softmax", async () => {
      const graph: Graph = trace({ x: [5, 4] }, ({ x }) => ({
        top: op.amax(x, 1),
        tops: op.amax(x, 0),
        soft: op.softmax(x, 1),
        sum: op.sum(x, 0),
        some: op.relu(x),
      }));
      const x = random([5, 4]);
      x.data[6] = Number.NaN;
      await expectLikeReference(backend, graph, { x });
    });

    it("places beyond 2²⁴ in exact integers", async () => {
      const [rows, columns] = [3, 6_000_000];
      const graph = trace({ i: [rows, 2] }, ({ i }) => ({
        y: op.gather(op.broadcastTo(op.iota(columns), [rows, columns]), 1, i),
      }));
      const index = { data: Float32Array.of(0, columns - 1, 1, columns - 2, 5_999_997, 7), shape: [rows, 2] };
      await expectLikeReference(backend, graph, { i: index }, 0);
    });
  });
}
