/**
 * Reference kernels: plain loops over Float64Array, the oracle of every test.
 *
 * @module
 */
import { resolveShape, resolveSize } from "../graph/size.ts";
import type { Primitive } from "../primitives/params.ts";
import { type Block, count, elementwise1, elementwise2, elementwise3, lanes, outerInner, stridesOf } from "./block.ts";
import { conv2d, matmul, triangularSolve } from "./contractions.ts";
import { type Elementwise, scalarFunctions } from "./elementwise.ts";
import type { Kernel } from "./kernel.ts";

/** The index of a scalar start so that `size` entries fit. */
/** A start within the axis; NaN counts as 0. */
const clampStart = (start: number, size: number, dim: number): number =>
  Math.max(0, Math.min(Math.trunc(start) || 0, dim - size));

/** Folds axes one after another. */
function reduce(
  x: Block,
  axes: readonly number[],
  keepDims: boolean,
  start: number,
  f: (a: number, b: number) => number,
): Block {
  let { data, shape } = x;
  for (const axis of [...axes].sort((a, b) => b - a)) {
    const [outer, n, inner] = outerInner(shape, axis);
    const next = new Float64Array(outer * inner).fill(start);
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < n; i++) {
        const from = (o * n + i) * inner;
        for (let k = 0; k < inner; k++) next[o * inner + k] = f(next[o * inner + k]!, data[from + k]!);
      }
    data = next;
    shape = shape.map((d, i) => (i === axis ? 1 : d));
  }
  return { data, shape: keepDims ? shape : shape.filter((_, i) => !axes.includes(i)) };
}

/** The block `size` entries long from `start` of an axis. */
function sliceAxis({ data, shape }: Block, axis: number, start: number, size: number): Block {
  const [outer, n, inner] = outerInner(shape, axis);
  const out = new Float64Array(outer * size * inner);
  for (let o = 0; o < outer; o++)
    out.set(data.subarray((o * n + start) * inner, (o * n + start + size) * inner), o * size * inner);
  return { data: out, shape: shape.map((d, i) => (i === axis ? size : d)) };
}

/** Writes `update` over an axis from `start`. */
function overlay(target: Block, axis: number, start: number, update: Block): void {
  const [outer, n, inner] = outerInner(target.shape, axis);
  const size = update.shape[axis]!;
  for (let o = 0; o < outer; o++)
    target.data.set(update.data.subarray(o * size * inner, (o + 1) * size * inner), (o * n + start) * inner);
}

/** Stacks equal blocks along a new first axis. */
function stackBlocks(parts: readonly Block[]): Block {
  const [first] = parts as readonly [Block];
  const size = first.data.length;
  const data = new Float64Array(size * parts.length);
  parts.forEach((p, i) => void data.set(p.data, i * size));
  return { data, shape: [parts.length, ...first.shape] };
}

const entry = ({ data, shape }: Block, i: number): Block => {
  const size = count(shape.slice(1));
  return { data: data.subarray(i * size, (i + 1) * size), shape: shape.slice(1) };
};

/** A function of numbers over blocks that broadcast. */
const overBlocks =
  (f: (...values: number[]) => number): Kernel<Elementwise> =>
  (_, [a, b, c]) => [c ? elementwise3(a!, b!, c, f) : b ? elementwise2(a!, b, f) : elementwise1(a!, f)];

const elementwise = Object.fromEntries(
  Object.entries(scalarFunctions).map(([op, f]) => [op, overBlocks(f as (...values: number[]) => number)]),
) as { readonly [P in Elementwise]: Kernel<P> };

export const kernels = {
  constant: ({ data, shape }) => [{ data, shape }],
  iota: ({ size }, _, bindings) => {
    const n = resolveSize(size, bindings);
    return [{ data: Float64Array.from({ length: n }, (_unused, i) => i), shape: [n] }];
  },
  size: ({ dim }, _, bindings) => [{ data: Float64Array.of(resolveSize(dim, bindings)), shape: [] }],
  input: ({ name }) => {
    throw new Error(`input ${name} is given by the caller`);
  },

  ...elementwise,
  stopGradient: (_, [x]) => [x!],

  matmul: (params, [a, b]) => [matmul(params, a!, b!)],
  conv2d: (params, [x, kernel]) => [conv2d(params, x!, kernel!)],
  triangularSolve: (params, [t, b]) => [triangularSolve(params, t!, b!)],

  reduceSum: ({ axes, keepDims }, [x]) => [reduce(x!, axes, keepDims, 0, (a, b) => a + b)],
  reduceMax: ({ axes, keepDims }, [x]) => [reduce(x!, axes, keepDims, Number.NEGATIVE_INFINITY, Math.max)],
  softmax: ({ axis }, [x]) => [
    lanes(x!, axis, (from, to, n) => {
      let top = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < n; i++) top = Math.max(top, from(i));
      let total = 0;
      for (let i = 0; i < n; i++) total += Math.exp(from(i) - top);
      for (let i = 0; i < n; i++) to(i, Math.exp(from(i) - top) / total);
    }),
  ],
  cumsum: ({ axis, exclusive, reverse }, [x]) => [
    lanes(x!, axis, (from, to, n) => {
      let total = 0;
      for (let k = 0; k < n; k++) {
        const i = reverse ? n - 1 - k : k;
        const value = from(i);
        to(i, exclusive ? total : total + value);
        total += value;
      }
    }),
  ],
  argsort: ({ axis }, [x]) => [
    lanes(x!, axis, (from, to, n) => {
      const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => from(a) - from(b) || a - b);
      order.forEach((v, i) => void to(i, v));
    }),
  ],

  reshape: ({ shape }, [x], bindings) => [{ data: x!.data, shape: resolveShape(shape, bindings) }],
  transpose: ({ perm }, [x]) => {
    const shape = perm.map((p) => x!.shape[p]!);
    const from = stridesOf(x!.shape);
    const steps = perm.map((p) => from[p]!);
    const data = new Float64Array(x!.data.length);
    const index = new Array<number>(shape.length).fill(0);
    let source = 0;
    for (let k = 0; k < data.length; k++) {
      data[k] = x!.data[source]!;
      for (let a = shape.length - 1; a >= 0; a--) {
        source += steps[a]!;
        if (++index[a]! < shape[a]!) break;
        source -= steps[a]! * shape[a]!;
        index[a] = 0;
      }
    }
    return [{ data, shape }];
  },
  broadcast: ({ shape }, [x], bindings) => {
    const target = resolveShape(shape, bindings);
    return [elementwise2(x!, { data: new Float64Array(count(target)), shape: target }, (a) => a)];
  },
  slice: ({ axis, start, size }, [x], bindings) => [sliceAxis(x!, axis, start, resolveSize(size, bindings))],
  pad: ({ axis, low, high }, [x], bindings) => {
    const before = resolveSize(low, bindings);
    const size = before + x!.shape[axis]! + resolveSize(high, bindings);
    const shape = x!.shape.map((d, i) => (i === axis ? size : d));
    // Negative padding cuts, as the gradient of a convolution needs.
    const kept = sliceAxis(
      x!,
      axis,
      Math.max(0, -before),
      Math.min(x!.shape[axis]!, size - before) - Math.max(0, -before),
    );
    const out = { data: new Float64Array(count(shape)), shape };
    overlay(out, axis, Math.max(0, before), kept);
    return [out];
  },
  concat: ({ axis }, inputs) => {
    const size = inputs.reduce((n, x) => n + x.shape[axis]!, 0);
    const shape = inputs[0]!.shape.map((d, i) => (i === axis ? size : d));
    const out = { data: new Float64Array(count(shape)), shape };
    let start = 0;
    for (const x of inputs) {
      overlay(out, axis, start, x);
      start += x.shape[axis]!;
    }
    return [out];
  },
  reverse: ({ axes }, [x]) => [
    axes.reduce(
      (block, axis) =>
        lanes(block, axis, (from, to, n) => {
          for (let i = 0; i < n; i++) to(i, from(n - 1 - i));
        }),
      x!,
    ),
  ],

  dynamicSlice: ({ axis, size }, [x, start]) => [
    sliceAxis(x!, axis, clampStart(start!.data[0]!, size, x!.shape[axis]!), size),
  ],
  dynamicUpdateSlice: ({ axis }, [x, update, start]) => {
    const out = { data: Float64Array.from(x!.data), shape: x!.shape };
    overlay(out, axis, clampStart(start!.data[0]!, update!.shape[axis]!, x!.shape[axis]!), update!);
    return [out];
  },
  gather: ({ axis }, [x, index]) => {
    const [outer, n, inner] = outerInner(x!.shape, axis);
    const m = index!.shape[axis]!;
    const data = new Float64Array(index!.data.length);
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < m; i++)
        for (let k = 0; k < inner; k++) {
          const to = (o * m + i) * inner + k;
          data[to] = x!.data[(o * n + index!.data[to]!) * inner + k]!;
        }
    return [{ data, shape: index!.shape }];
  },
  scatterAdd: ({ axis }, [x, index, update]) => {
    const [outer, n, inner] = outerInner(x!.shape, axis);
    const m = index!.shape[axis]!;
    const data = Float64Array.from(x!.data);
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < m; i++)
        for (let k = 0; k < inner; k++) {
          const from = (o * m + i) * inner + k;
          data[(o * n + index!.data[from]!) * inner + k]! += update!.data[from]!;
        }
    return [{ data, shape: x!.shape }];
  },

  scan: ({ body, constants, carry, length, reverse }, inputs, bindings, evaluate) => {
    const fixed = inputs.slice(0, constants);
    let state: readonly Block[] = inputs.slice(constants, constants + carry);
    const xs = inputs.slice(constants + carry);
    const results: Block[][] = body.outputs.slice(carry).map(() => new Array<Block>(length));
    for (let k = 0; k < length; k++) {
      const i = reverse ? length - 1 - k : k;
      const outputs = evaluate!(body, [...fixed, ...state, ...xs.map((x) => entry(x, i))], bindings);
      state = outputs.slice(0, carry);
      results.forEach((r, j) => void (r[i] = outputs[carry + j]!));
    }
    const empty = (j: number): Block => {
      const shape = [0, ...resolveShape(body.outputs[carry + j]!.shape, bindings)];
      return { data: new Float64Array(0), shape };
    };
    return [...state, ...results.map((r, j) => (length === 0 ? empty(j) : stackBlocks(r)))];
  },
  loop: ({ condition, body, constants, limit }, inputs, bindings, evaluate) => {
    const fixed = inputs.slice(0, constants);
    let state: readonly Block[] = inputs.slice(constants);
    for (let k = 0; k < limit; k++) {
      if (evaluate!(condition, [...fixed, ...state], bindings)[0]!.data[0] === 0) break;
      state = evaluate!(body, [...fixed, ...state], bindings);
    }
    return state;
  },
  customVjp: ({ body }, inputs, bindings, evaluate) => evaluate!(body, inputs, bindings),
} satisfies { readonly [P in Primitive]: Kernel<P> };
