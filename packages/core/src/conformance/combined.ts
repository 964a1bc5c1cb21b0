/**
 * Several primitives in one graph: what a backend fuses, folds, lays out anew or leaves out.
 *
 * @module
 */

import { gradients } from "../grad/gradients.ts";
import { trace } from "../graph/builder.ts";
import type { Tensor } from "../graph/tensor.ts";
import * as op from "../ops/index.ts";
import { values } from "./case.ts";
import { type BackendCheck, caseCheck } from "./check.ts";

const TOLERANCE = 2e-5;

type Body = (t: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>;

/** A body on uniform inputs of these shapes. */
const shaped = (
  name: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  body: Body,
  low = -2,
  high = 2,
): BackendCheck =>
  caseCheck({
    name,
    graph: () => trace(shapes, body),
    inputs: () =>
      Object.fromEntries(Object.entries(shapes).map(([n, shape], i) => [n, values(shape, low, high, i + 1)])),
    tolerance: TOLERANCE,
  });

/** Graphs of several primitives. */
export const combinedChecks: readonly BackendCheck[] = [
  shaped("select", { c: [3, 1], a: [3, 4], b: [4] }, ({ c, a, b }) => ({
    y: op.select(op.greater(c!, 0), a!, b!),
    z: op.select(c!, 1, b!),
    w: op.select(a!, 1, b!),
  })),
  shaped("logic on conditions", { a: [3, 4], b: [4] }, ({ a, b }) => {
    const both = op.mul(op.greater(a!, 0), op.greater(b!, 0));
    const either = op.max(op.greater(a!, 1), op.greater(b!, 1));
    return {
      both,
      either,
      none: op.not(either),
      chosen: op.select(op.not(both), a!, b!),
      mixed: op.add(both, either),
      min: op.min(both, either),
      turned: op.transpose(op.greater(a!, 0)),
      summed: op.sum(op.equal(a!, a!), 0),
      joined: op.concat([op.greater(a!, 0), a!], 0),
    };
  }),
  shaped("relu'", { g: [3, 4], y: [3, 4] }, ({ g, y }) => ({ z: op.mul(g!, op.greater(y!, 0)) })),
  shaped("matmul of matrices", { a: [3, 4], b: [4, 5], c: [5, 4], d: [4, 3] }, ({ a, b, c, d }) => ({
    nn: op.matmul(a!, b!),
    nt: op.matmul(a!, c!, { transposeB: true }),
    tn: op.matmul(d!, b!, { transposeA: true }),
    tt: op.matmul(d!, c!, { transposeA: true, transposeB: true }),
  })),
  shaped(
    "matmul with bias, factor and residual",
    { a: [3, 4], b: [4, 5], c: [5], d: [3, 5], e: [1, 5], f: [3, 1] },
    ({ a, b, c, d, e, f }) => {
      const p = () => op.matmul(a!, b!);
      const q = op.matmul(d!, b!, { transposeB: true });
      return {
        bias: op.add(p(), c!),
        factor: op.mul(op.matmul(a!, op.mul(b!, 2)), 0.25),
        row: op.add(e!, op.matmul(a!, op.exp(b!))),
        column: op.add(op.matmul(a!, op.neg(b!)), f!),
        residual: op.add(d!, op.matmul(a!, op.tanh(b!))),
        q,
        twice: op.add(q, op.mul(q, 3)),
        wide: op.add(op.matmul(a!, op.sin(b!)), op.broadcastTo(d!, [2, 3, 5])),
      };
    },
  ),
  shaped(
    "matmul of batches",
    { a: [2, 1, 3, 4], b: [5, 4, 6], c: [4, 6], d: [6, 4], e: [5, 6, 4], f: [2, 1, 4, 3], g: [6], h: [1, 4, 6] },
    ({ a, b, c, d, e, f, g, h }) => ({
      batch: op.matmul(a!, b!),
      shared: op.matmul(a!, c!),
      sharedT: op.matmul(a!, d!, { transposeB: true }),
      batchT: op.matmul(a!, e!, { transposeB: true }),
      both: op.matmul(f!, e!, { transposeA: true, transposeB: true }),
      scaled: op.mul(op.matmul(a!, op.exp(e!), { transposeB: true }), 0.5),
      left: op.matmul(d!, b!, { transposeA: false }),
      bias: op.add(op.matmul(a!, op.exp(c!)), g!),
      tl: op.matmul(f!, c!, { transposeA: true }),
      tt: op.matmul(f!, d!, { transposeA: true, transposeB: true }),
      one: op.matmul(f!, h!, { transposeA: true }),
      none: op.matmul(op.slice(a!, 3, 0, 0), op.slice(c!, 0, 0, 0)),
      residual: op.add(op.matmul(a!, op.sin(d!), { transposeB: true }), op.matmul(a!, op.tanh(c!))),
    }),
  ),
  shaped("conv2d", { x: [2, 3, 7, 6], k: [4, 3, 3, 2] }, ({ x, k }) => ({
    plain: op.conv2d(x!, k!),
    padded: op.conv2d(x!, k!, { padding: [1, 2, 3, 0] }),
    dilated: op.conv2d(x!, k!, { padding: [0, 0, 1, 1], dilation: [2, 3] }),
    cut: op.conv2d(x!, k!, { padding: [-1, 2, 1, -2] }),
  })),
  shaped(
    "gradients of conv2d",
    { x: [2, 3, 6, 5], k: [4, 3, 3, 3] },
    ({ x, k }) => {
      const y = op.conv2d(x!, k!, { padding: [1, 1, 3, 0], dilation: [1, 2] });
      const [gx, gk] = gradients(op.sum(op.tanh(y)), [x!, k!]);
      return { gx: gx!, gk: gk! };
    },
    -0.5,
    0.5,
  ),
  shaped("reductions", { x: [3, 4, 5] }, ({ x }) => ({
    all: op.sum(x!),
    one: op.sum(x!, 1),
    kept: op.sum(x!, [0, 2], true),
    top: op.amax(x!, -1),
    tops: op.amax(x!, [0, 1], true),
    mean: op.mean(x!, 0),
    repeated: op.sum(op.broadcastTo(op.exp(op.sum(x!, [1, 2], true)), [3, 4, 5]), [1]),
  })),
  shaped("softmax and sums", { x: [3, 4, 5] }, ({ x }) => ({
    last: op.softmax(x!, -1),
    middle: op.softmax(x!, 1),
    lse: op.logSumExp(x!, 1),
    cumsum: op.cumsum(x!, 1),
    exclusive: op.cumsum(x!, 2, { exclusive: true }),
    back: op.cumsum(x!, 0, { reverse: true }),
    both: op.cumsum(x!, 1, { reverse: true, exclusive: true }),
    cumprod: op.cumprod(x!, 2),
  })),
  shaped("layout", { x: [2, 3, 4] }, ({ x }) => ({
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
  shaped("iota and sizes", { x: [3, 4] }, ({ x }) => ({
    y: op.mul(x!, op.iota(4)),
    z: op.iota(5),
    n: op.add(op.sizeOf(7), op.sum(x!)),
  })),
  shaped("scatter and gather", { x: [3, 4, 2], u: [3, 5, 2] }, ({ x, u }) => {
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
  shaped("argsort, stable", { x: [3, 40] }, ({ x }) => {
    const ties = op.floor(op.mul(x!, 3));
    const order = op.argsort(ties, 1);
    return { order, other: op.argsort(ties, 0), sorted: op.gather(ties, 1, order) };
  }),
  shaped(
    "dynamic slices",
    { x: [3, 6, 2], u: [3, 2, 2], one: [3, 1, 2], row: [1, 6, 2], s: [] },
    ({ x, u, one, row, s }) => ({
      inside: op.dynamicSlice(x!, 1, op.mul(op.abs(s!), 0), 2),
      low: op.dynamicSlice(x!, 1, op.sub(s!, 9), 2),
      high: op.dynamicSlice(x!, 1, op.add(s!, 99), 1),
      literal: op.dynamicSlice(x!, 0, 1, 2),
      update: op.dynamicUpdateSlice(x!, 1, op.add(op.mul(s!, 0), 3), u!),
      lowUpdate: op.dynamicUpdateSlice(x!, 1, op.sub(s!, 9), one!),
      highUpdate: op.dynamicUpdateSlice(x!, 1, op.add(s!, 99), u!),
      first: op.dynamicUpdateSlice(x!, 0, 2, row!),
    }),
  ),
  shaped(
    "triangular solves",
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
  shaped("many axes", { x: [2, 3, 2, 1, 2, 2, 3], y: [3, 1, 1, 2, 1, 3] }, ({ x, y }) => ({
    turned: op.transpose(x!, [6, 0, 3, 5, 1, 2, 4]),
    repeated: op.broadcastTo(y!, [2, 3, 2, 1, 2, 2, 3]),
    sum: op.sum(x!, [0, 2, 5]),
    top: op.amax(x!, [1, 4, 6], true),
    soft: op.softmax(x!, 2),
    running: op.cumsum(x!, 4, { reverse: true }),
    back: op.reverse(x!, [1, 5]),
    part: op.pad(op.slice(x!, 1, 1, 2), 5, 1, -1),
    joined: op.concat([x!, x!], 2),
  })),
  shaped("empty parts", { x: [3, 4] }, ({ x }) => ({
    none: op.slice(x!, 1, 2, 0),
    sum: op.sum(op.slice(x!, 1, 2, 0), 1),
    top: op.amax(op.slice(x!, 1, 2, 0), 1),
    grown: op.pad(op.slice(x!, 1, 2, 0), 1, 1, 1),
    joined: op.concat([op.slice(x!, 1, 2, 0), x!], 1),
    laid: op.dynamicUpdateSlice(x!, 1, 2, op.slice(x!, 1, 2, 0)),
    untouched: op.scatterAdd(x!, 1, op.slice(x!, 1, 0, 0), op.slice(x!, 1, 0, 0)),
  })),
  shaped("gradients of a cut conv2d", { x: [2, 3, 6, 5], k: [4, 3, 3, 3] }, ({ x, k }) => {
    const y = op.conv2d(x!, k!, { padding: [1, -1, 3, 0], dilation: [1, 2] });
    const [gx, gk] = gradients(op.sum(op.tanh(op.mul(y, 0.1))), [x!, k!]);
    return { y, gx: gx!, gk: gk! };
  }),
];
