/**
 * Arrays of the reference backend and the loops over them.
 *
 * @module
 */

/** Float64 values, row by row. */
export interface Block {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** The number of entries of a shape. */
export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** How far apart neighbours along each axis are. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** A shape as [product before the axis, the axis, product after it]. */
export const outerInner = (shape: readonly number[], axis: number): [number, number, number] => [
  count(shape.slice(0, axis)),
  shape[axis]!,
  count(shape.slice(axis + 1)),
];

/** Applies a function to each entry. */
export function elementwise1({ data, shape }: Block, f: (x: number) => number): Block {
  const out = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) out[i] = f(data[i]!);
  return { data: out, shape };
}

function broadcast(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => {
    const dims = shapes.map((s) => s[i - rank + s.length] ?? 1);
    return dims.find((d) => d !== 1) ?? 1;
  });
}

/** Where each entry of `shape` comes from in an operand that broadcasts to it. */
function sources(operand: readonly number[], shape: readonly number[]): Int32Array {
  const own = stridesOf(operand);
  const steps = shape.map((_, i) => {
    const at = i - shape.length + operand.length;
    return at < 0 || operand[at] === 1 ? 0 : own[at]!;
  });
  const index = new Int32Array(count(shape));
  const position = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let k = 0; k < index.length; k++) {
    index[k] = source;
    for (let a = shape.length - 1; a >= 0; a--) {
      source += steps[a]!;
      if (++position[a]! < shape[a]!) break;
      source -= steps[a]! * shape[a]!;
      position[a] = 0;
    }
  }
  return index;
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** Applies a function to entries of two operands that broadcast. */
export function elementwise2(a: Block, b: Block, f: (a: number, b: number) => number): Block {
  if (sameShape(a.shape, b.shape)) {
    const out = new Float64Array(a.data.length);
    for (let i = 0; i < out.length; i++) out[i] = f(a.data[i]!, b.data[i]!);
    return { data: out, shape: a.shape };
  }
  const shape = broadcast([a.shape, b.shape]);
  const out = new Float64Array(count(shape));
  if (b.data.length === 1 && sameShape(a.shape, shape)) {
    const y = b.data[0]!;
    for (let i = 0; i < out.length; i++) out[i] = f(a.data[i]!, y);
  } else if (a.data.length === 1 && sameShape(b.shape, shape)) {
    const x = a.data[0]!;
    for (let i = 0; i < out.length; i++) out[i] = f(x, b.data[i]!);
  } else {
    const ia = sources(a.shape, shape);
    const ib = sources(b.shape, shape);
    for (let i = 0; i < out.length; i++) out[i] = f(a.data[ia[i]!]!, b.data[ib[i]!]!);
  }
  return { data: out, shape };
}

/** Applies a function to entries of three operands that broadcast. */
export function elementwise3(a: Block, b: Block, c: Block, f: (a: number, b: number, c: number) => number): Block {
  const shape = broadcast([a.shape, b.shape, c.shape]);
  const out = new Float64Array(count(shape));
  const [ia, ib, ic] = [a, b, c].map((x) => sources(x.shape, shape)) as [Int32Array, Int32Array, Int32Array];
  for (let i = 0; i < out.length; i++) out[i] = f(a.data[ia[i]!]!, b.data[ib[i]!]!, c.data[ic[i]!]!);
  return { data: out, shape };
}

/** Maps each line of entries along an axis. */
export function lanes(
  { data, shape }: Block,
  axis: number,
  line: (from: (i: number) => number, to: (i: number, value: number) => void, n: number) => void,
): Block {
  const [outer, n, inner] = outerInner(shape, axis);
  const out = new Float64Array(data.length);
  for (let o = 0; o < outer; o++)
    for (let k = 0; k < inner; k++) {
      const base = o * n * inner + k;
      line(
        (i) => data[base + i * inner]!,
        (i, value) => {
          out[base + i * inner] = value;
        },
        n,
      );
    }
  return { data: out, shape };
}
