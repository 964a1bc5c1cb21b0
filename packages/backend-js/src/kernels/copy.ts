/**
 * Moves values between layouts.
 *
 * @module
 */
import { type Nest, nestOf } from "../plan/nest.ts";
import type { Step } from "../plan/scope.ts";
import type { View } from "../plan/view.ts";

/** Longer rows are moved by the engine's own copy. */
const LONG = 64;

/** o[p + i·ps] = a[q + i·qs] for n entries. */
export function copyRow(
  n: number,
  o: Float32Array,
  p: number,
  ps: number,
  a: Float32Array,
  q: number,
  qs: number,
): void {
  if (ps === 1 && qs === 1 && n >= LONG && o === a) {
    o.copyWithin(p, q, q + n);
    return;
  }
  if (ps === 1 && qs === 0) {
    o.fill(a[q]!, p, p + n);
    return;
  }
  for (; n > 0; n--) {
    o[p] = a[q]!;
    p += ps;
    q += qs;
  }
}

/** Moves rows, from and to offsets besides those of the nest. */
export function copyNest(
  { rows, n, starts, steps }: Nest,
  o: Float32Array,
  p: number,
  a: Float32Array,
  q: number,
): void {
  const [to, from] = starts as readonly [Int32Array, Int32Array];
  const [ps, qs] = steps as readonly [number, number];
  for (let r = 0; r < rows; r++) copyRow(n, o, p + to[r]!, ps, a, q + from[r]!, qs);
}

/** Copies one view to another of its shape. */
export function copyRows(out: View, view: View): Step {
  const nest = nestOf(out.shape, [out.strides, view.strides]);
  const [o, a] = [out.storage.array, view.storage.array];
  const [p, q] = [out.storage.start + out.offset, view.storage.start + view.offset];
  return () => copyNest(nest, o, p, a, q);
}
