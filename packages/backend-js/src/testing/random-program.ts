/**
 * Random programs over views and loops: what a plan may get wrong is who overwrites whose memory.
 *
 * @module
 */
import {
  add,
  amax,
  broadcastTo,
  concat,
  constant,
  cumsum,
  div,
  dynamicSlice,
  dynamicUpdateSlice,
  expandDims,
  type Graph,
  greater,
  iota,
  loop,
  matmul,
  max,
  mul,
  pad,
  relu,
  reshape,
  reverse,
  scan,
  select,
  sin,
  slice,
  softmax,
  squeezeAxis,
  sub,
  sum,
  type Tensor,
  tanh,
  trace,
  transpose,
} from "@normflow/core";
import { stream } from "./numbers.ts";

/** Every value is [4, 6]; layouts come and go between. */
const ROWS = 4;
const COLUMNS = 6;

type Next = () => number;

const pick = <T>(list: readonly T[], next: Next): T => list[Math.floor(next() * list.length)]!;

/** [4, 6] → [4, 6] by way of another layout. */
const detours: readonly ((x: Tensor, next: Next) => Tensor)[] = [
  (x) => reshape(transpose(x), [ROWS, COLUMNS]),
  (x) => transpose(reshape(x, [COLUMNS, ROWS])),
  (x, next) => reverse(x, next() < 0.5 ? [0] : [0, 1]),
  (x) => concat([slice(x, 1, 2, 4), slice(x, 1, 0, 2)], 1),
  (x) => broadcastTo(slice(x, 0, 1, 1), [ROWS, COLUMNS]),
  (x) => broadcastTo(slice(x, 1, 3, 1), [ROWS, COLUMNS]),
  (x) => pad(slice(x, 0, 1, 2), 0, 1, 1),
  (x) => reshape(broadcastTo(slice(reshape(x, [2, 12]), 0, 1, 1), [2, 12]), [ROWS, COLUMNS]),
  (x) => reshape(transpose(reshape(x, [2, 2, 6]), [1, 2, 0]), [ROWS, COLUMNS]),
];

/** [4, 6] and [4, 6] → [4, 6]. */
const combinations: readonly ((x: Tensor, y: Tensor, next: Next) => Tensor)[] = [
  add,
  sub,
  mul,
  max,
  (x, y) => select(greater(x, 0.0137), y, 0.5),
  (x, y) => add(x, sum(y, 0)),
  (x, y) => sub(x, amax(y, 1, true)),
  (x, y) => tanh(matmul(matmul(x, y, { transposeB: true }), y)),
  (x, y) => relu(add(matmul(matmul(x, transpose(y)), y), slice(reshape(y, [24]), 0, 3, COLUMNS))),
  (x, y) => tanh(transpose(matmul(transpose(x), matmul(y, x, { transposeB: true })))),
  (x, y) => div(x, add(1, mul(y, y))),
  (x, y, next) => dynamicUpdateSlice(x, 0, Math.floor(5 * next()) - 1, slice(y, 0, 2, 1)),
  (x, y, next) =>
    dynamicUpdateSlice(x, 1, Math.floor(5 * next()), transpose(slice(reshape(y, [COLUMNS, ROWS]), 0, 1, 2))),
  (x, y, next) => add(x, dynamicSlice(y, 0, Math.floor(4 * next()), 1)),
];

const turns: readonly ((x: Tensor) => Tensor)[] = [
  (x) => sin(x),
  (x) => softmax(x, 1),
  (x) => softmax(x, 0),
  (x) => cumsum(x, 0, { reverse: true, exclusive: true }),
  (x) => mul(cumsum(x, 1), 0.3),
  tanh,
];

/** Grows a pool of values by random steps. */
function grow(pool: Tensor[], steps: number, next: Next, depth: number): Tensor[] {
  for (let i = 0; i < steps; i++) {
    const [x, y] = [pick(pool, next), pick(pool, next)];
    const kind = next();
    if (kind < 0.3) pool.push(pick(detours, next)(x, next));
    else if (kind < 0.5) pool.push(pick(turns, next)(x));
    else if (kind < 0.9 || depth > 1) pool.push(pick(combinations, next)(x, y, next));
    else if (kind < 0.97) pool.push(...scanned(x, y, pool, next, depth + 1));
    else pool.push(...looped(x, y, next, depth + 1));
  }
  return pool;
}

/** A scan that carries three values, swaps some of them, keeps a cache and stacks results. */
function scanned(x: Tensor, y: Tensor, pool: readonly Tensor[], next: Next, depth: number): Tensor[] {
  const outer = pick(pool, next);
  const rows = pick([x, y, outer], next);
  const [carry, [stack]] = scan(
    ([a, b, cache]: readonly [Tensor, Tensor, Tensor], [row], index) => {
      const kept = dynamicUpdateSlice(cache, 0, index, expandDims(row, 0));
      const inner = grow([a, b, kept, broadcastTo(row, [ROWS, COLUMNS]), outer], 4, next, depth);
      const result = squeezeAxis(slice(pick(inner, next), 0, 1, 1), 0);
      const choice = next();
      if (choice < 0.25) return [[b, a, kept], [result]] as const;
      if (choice < 0.5) return [[tanh(inner.at(-1)!), b, kept], [result]] as const;
      if (choice < 0.6) return [[transpose(reshape(a, [COLUMNS, ROWS])), a, kept], [result]] as const;
      return [
        [tanh(inner.at(-1)!), tanh(pick(inner, next)), tanh(pick([kept, kept, cache, b], next))],
        [result],
      ] as const;
    },
    [x, pick(pool, next), pick([y, broadcastTo(0, [ROWS, COLUMNS])], next)] as const,
    [rows],
    { length: ROWS, reverse: next() < 0.5 },
  );
  return [...carry, stack as Tensor];
}

function looped(x: Tensor, y: Tensor, next: Next, depth: number): Tensor[] {
  const limit = Math.floor(5 * next());
  const [count, a, b] = loop(
    ([n]: readonly [Tensor, Tensor, Tensor]) => sub(3, n),
    ([n, a, b]: readonly [Tensor, Tensor, Tensor]) => {
      const inner = grow([a, b, y], 3, next, depth);
      return [add(n, 1), next() < 0.4 ? b : tanh(inner.at(-1)!), next() < 0.4 ? a : tanh(pick(inner, next))] as const;
    },
    [constant(0), x, y] as const,
    { limit },
  );
  return [a, b, add(a, count)];
}

/** A program of two inputs whose outputs are some of all that was computed. */
export function randomProgram(seed: number): Graph {
  const next = stream(seed);
  return trace({ x: [ROWS, COLUMNS], y: [ROWS, COLUMNS] }, ({ x, y }) => {
    const grid = reshape(mul(iota(ROWS * COLUMNS), 0.1), [ROWS, COLUMNS]);
    const pool = grow([x, y, grid], 14, next, 0);
    const outputs: Record<string, Tensor> = {};
    for (let i = 0; i < 4; i++) outputs[`o${i}`] = tanh(pick(pool, next));
    outputs["last"] = pool.at(-1)!;
    outputs["view"] = transpose(pick(pool, next));
    return outputs;
  });
}
