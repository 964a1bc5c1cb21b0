/**
 * Sums and maxima over axes.
 *
 * @module
 */
import { collapse, offsetTable } from "../plan/nest.ts";
import type { Step } from "../plan/scope.ts";
import { count, type View } from "../plan/view.ts";

/** Columns summed side by side. */
const COLUMNS = 512;
const columns = new Float64Array(COLUMNS);

/** The total of entries at `a + rows[r] + i·s`. */
function sumOf(rows: Int32Array, n: number, A: Float32Array, a: number, s: number): number {
  let total = 0;
  for (let r = 0; r < rows.length; r++) for (let i = 0, q = a + rows[r]!; i < n; i++, q += s) total += A[q]!;
  return total;
}

function maxOf(rows: Int32Array, n: number, A: Float32Array, a: number, s: number): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let r = 0; r < rows.length; r++)
    for (let i = 0, q = a + rows[r]!; i < n; i++, q += s) top = Math.max(top, A[q]!);
  return top;
}

/** Sums of `width` neighbouring columns, all rows one after another: memory is read in its order. */
function sumColumns(
  o: Float32Array,
  p: number,
  width: number,
  rows: Int32Array,
  n: number,
  A: Float32Array,
  a: number,
  s: number,
): void {
  for (let from = 0; from < width; from += COLUMNS) {
    const w = Math.min(COLUMNS, width - from);
    columns.fill(0, 0, w);
    for (let r = 0; r < rows.length; r++)
      for (let i = 0, q = a + rows[r]! + from; i < n; i++, q += s) for (let j = 0; j < w; j++) columns[j]! += A[q + j]!;
    for (let j = 0; j < w; j++) o[p + from + j] = columns[j]!;
  }
}

/** Reduces axes of a view into a dense output that holds the kept axes in order. */
export function reduceStep(op: "sum" | "max", out: View, view: View, axes: readonly number[]): Step {
  const part = (inside: boolean) => {
    const at = view.shape.map((_, i) => i).filter((i) => axes.includes(i) === inside);
    return collapse(
      at.map((i) => view.shape[i]!),
      [at.map((i) => view.strides[i]!)],
    );
  };
  const [kept, gone] = [part(false), part(true)];
  const [keptStrides, goneStrides] = [kept.strides[0]!, gone.strides[0]!];
  const n = gone.shape.at(-1) ?? 1;
  const s = goneStrides.at(-1) ?? 1;
  const rows = offsetTable(gone.shape.slice(0, -1), goneStrides.slice(0, -1));
  const [o, A] = [out.storage.array, view.storage.array];
  const [p, a] = [out.storage.start + out.offset, view.storage.start + view.offset];
  const width = kept.shape.at(-1) ?? 1;
  if (op === "sum" && s !== 1 && width >= 4 && keptStrides.at(-1) === 1) {
    const blocks = offsetTable(kept.shape.slice(0, -1), keptStrides.slice(0, -1));
    return () => {
      for (let b = 0; b < blocks.length; b++) sumColumns(o, p + b * width, width, rows, n, A, a + blocks[b]!, s);
    };
  }
  const total = count(kept.shape);
  const from = total === 0 ? new Int32Array(0) : offsetTable(kept.shape, keptStrides);
  if (op === "sum")
    return () => {
      for (let i = 0; i < from.length; i++) o[p + i] = sumOf(rows, n, A, a + from[i]!, s);
    };
  return () => {
    for (let i = 0; i < from.length; i++) o[p + i] = maxOf(rows, n, A, a + from[i]!, s);
  };
}
