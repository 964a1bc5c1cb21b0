/**
 * What every backend must compute of control flow: loops, their gradients, functions with gradients of their own.
 *
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import * as op from "../ops/index.ts";
import type { Primitive } from "../primitives/params.ts";
import type { Subject } from "./case.ts";

/** One step of attention over a cache that grows by a row, as a sequential sampler does. */
const cached = (x: Tensor, w: Tensor, length: number): Tensor => {
  const width = x.shape.at(-1) as number;
  const [, [ys]] = op.scan(
    ([cache, last]: readonly [Tensor, Tensor], [row], index) => {
      const key = op.tanh(op.add(op.matmul(op.expandDims(row, 0), w), last));
      const next = op.dynamicUpdateSlice(cache, 0, index, key);
      const past = op.lessEqual(op.iota(length), index);
      const scores = op.add(
        op.matmul(op.expandDims(row, 0), next, { transposeB: true }),
        op.mul(op.sub(1, past), -1e9),
      );
      const y = op.reshape(op.matmul(op.softmax(scores, -1), next), [width]);
      return [[next, y], [y]] as const;
    },
    [op.broadcastTo(0, [length, width]), op.broadcastTo(0, [width])] as const,
    [x],
    { length },
  );
  return ys as Tensor;
};

/** √a by Newton's steps, with the gradient of the root it finds. */
const root = (a: Tensor): Tensor =>
  op.customVjp(
    "root",
    ([v]) => {
      const [x] = op.loop(
        ([x]: readonly [Tensor]) => op.greater(op.amax(op.abs(op.sub(op.square(x), v!))), 1e-12),
        ([x]: readonly [Tensor]) => [op.mul(0.5, op.add(x, op.div(v!, x)))] as const,
        [op.add(op.mul(v!, 0), 1)] as const,
        { limit: 12 },
      );
      return [x] as const;
    },
    (_, [x], [ct]) => [op.div(ct!, op.mul(2, x!))],
    [a],
  )[0];

export const controlSubjects = {
  scan: [
    {
      name: "scan of a linear recurrence",
      shapes: { h: [2, 3], w: [3, 3], x: [4, 2, 3] },
      range: [-1, 1],
      body: ({ h, w, x }) => {
        const [[last], [all]] = op.scan(
          ([state]: readonly [Tensor], [row]) => {
            const next = op.tanh(op.add(op.matmul(state, w!), row));
            return [[next], [op.square(next)]] as const;
          },
          [h!] as const,
          [x!],
          { length: 4 },
        );
        return { last, all: all as Tensor };
      },
    },
    {
      name: "scan in reverse, with its index",
      shapes: { h: [3], x: [5, 3] },
      body: ({ h, x }) => {
        const [[last], [all]] = op.scan(
          ([state]: readonly [Tensor], [row], index) => {
            const next = op.add(op.mul(state, 0.5), op.mul(row, op.add(index, 1)));
            return [[next], [op.sin(next)]] as const;
          },
          [h!] as const,
          [x!],
          { length: 5, reverse: true },
        );
        return { last, all: all as Tensor };
      },
    },
    {
      name: "scan over a cache",
      shapes: { x: [5, 3], w: [3, 3] },
      range: [-1, 1],
      body: ({ x, w }) => ({ y: cached(x!, w!, 5) }),
    },
    {
      name: "scan within a scan",
      shapes: { x: [3, 4], h: [4] },
      range: [-1, 1],
      body: ({ x, h }) => {
        const [[last]] = op.scan(
          ([state]: readonly [Tensor], [row]) => {
            const [[inner]] = op.scan(
              ([s]: readonly [Tensor]) => [[op.sin(op.add(s, row))], []] as const,
              [state] as const,
              [],
              { length: 2 },
            );
            return [[op.mul(inner, h!)], []] as const;
          },
          [op.broadcastTo(0, [4])] as const,
          [x!],
          { length: 3 },
        );
        return { last };
      },
    },
    {
      name: "scan of no steps",
      shapes: { h: [3], x: [0, 3] },
      orders: 0,
      body: ({ h, x }) => {
        const [[last], [all]] = op.scan(
          ([s]: readonly [Tensor], [row]) => [[op.add(s, row)], [row]] as const,
          [h!] as const,
          [x!],
          { length: 0 },
        );
        return { last, all: all as Tensor };
      },
    },
  ],
  loop: [
    {
      name: "loop until a condition fails",
      shapes: { x: [] },
      values: { x: [3] },
      orders: 0,
      body: ({ x }) => {
        const [n, v] = op.loop(
          ([, v]: readonly [Tensor, Tensor]) => op.greater(v, 0.1),
          ([n, v]: readonly [Tensor, Tensor]) => [op.add(n, 1), op.mul(v, 0.5)] as const,
          [op.mul(x!, 0), x!] as const,
          { limit: 50 },
        );
        return { n, v };
      },
    },
    {
      name: "loop up to its limit, and not at all",
      shapes: { x: [2] },
      orders: 0,
      body: ({ x }) => {
        const count = (limit: number, go: number) =>
          op.loop(
            () => op.greater(op.sum(op.mul(x!, 0)), -go),
            ([v]: readonly [Tensor]) => [op.add(v, 1)] as const,
            [x!] as const,
            { limit },
          )[0];
        return { limited: count(3, 1), never: count(3, -1), none: count(0, 1) };
      },
    },
  ],
  customVjp: [
    { name: "an implicit root", shapes: { a: [4] }, range: [0.5, 4], body: ({ a }) => ({ y: op.sin(root(a!)) }) },
    {
      name: "an implicit root in each step of a scan",
      shapes: { h: [3], a: [4, 3] },
      range: [0.5, 2],
      body: ({ h, a }) => {
        const [[last], [all]] = op.scan(
          ([state]: readonly [Tensor], [row]) => {
            const next = root(op.add(op.mul(0.5, state), row));
            return [[next], [op.sin(next)]] as const;
          },
          [h!] as const,
          [a!],
          { length: 4 },
        );
        return { last, all: all as Tensor };
      },
    },
  ],
} satisfies Readonly<Record<Extract<Primitive, "scan" | "loop" | "customVjp">, readonly Subject[]>>;
