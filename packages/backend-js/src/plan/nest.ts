/**
 * Loops over strided operands: axes that walk together become one, the innermost is a row for a kernel.
 *
 * @module
 */
import { count } from "./view.ts";

/** Rows of `n` entries; operand k's row r starts at `starts[k][r]` and steps by `steps[k]`. */
export interface Nest {
  readonly rows: number;
  readonly n: number;
  readonly starts: readonly Int32Array[];
  readonly steps: readonly number[];
}

/** An inner axis shorter than this gives way to a much longer one: a row costs a call. */
const SHORT_ROW = 8;

/** The offset of each index of some axes. */
export function offsetTable(shape: readonly number[], strides: readonly number[]): Int32Array {
  const table = new Int32Array(count(shape));
  if (table.length <= 1) return table;
  // Each axis repeats what is filled already, shifted.
  let filled = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const [d, step] = [shape[axis]!, strides[axis]!];
    for (let i = 1; i < d; i++) for (let k = 0; k < filled; k++) table[i * filled + k] = table[k]! + i * step;
    filled *= d;
  }
  return table;
}

/** Joins neighbouring axes that every operand walks like one. */
export function collapse(
  shape: readonly number[],
  operands: readonly (readonly number[])[],
): { readonly shape: number[]; readonly strides: number[][] } {
  const dims: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let i = 0; i < shape.length; i++) {
    const d = shape[i]!;
    if (d === 1) continue;
    const last = dims.length - 1;
    let joins = last >= 0;
    for (let k = 0; joins && k < operands.length; k++) joins = strides[k]![last] === operands[k]![i]! * d;
    if (joins) {
      dims[last]! *= d;
      for (let k = 0; k < operands.length; k++) strides[k]![last] = operands[k]![i]!;
    } else {
      dims.push(d);
      for (let k = 0; k < operands.length; k++) strides[k]!.push(operands[k]![i]!);
    }
  }
  return { shape: dims, strides };
}

/** The loops over a shape for operands with these strides. */
export function nestOf(shape: readonly number[], operands: readonly (readonly number[])[]): Nest {
  const { shape: dims, strides } = collapse(shape, operands);
  if (dims.length === 0) {
    const rows = count(shape);
    return { rows, n: 1, starts: operands.map(() => new Int32Array(1)), steps: operands.map(() => 0) };
  }
  let inner = dims.length - 1;
  if (dims[inner]! < SHORT_ROW)
    dims.forEach((d, i) => {
      if (d >= 4 * dims[inner]!) inner = i;
    });
  const outer = dims.filter((_, i) => i !== inner);
  return {
    rows: count(outer),
    n: dims[inner]!,
    starts: strides.map((s) =>
      offsetTable(
        outer,
        s.filter((_, i) => i !== inner),
      ),
    ),
    steps: strides.map((s) => s[inner]!),
  };
}
