/**
 * Primitives that index by values.
 *
 * @module
 */
import type { PrimitiveParams } from "@normflow/core";
import { copyNest, copyRows } from "../kernels/copy.ts";
import type { Lowerer } from "../plan/lower.ts";
import { nestOf } from "../plan/nest.ts";
import type { Step } from "../plan/scope.ts";
import { count, isWhole, placeOf, sliceView, type View } from "../plan/view.ts";

/** The index of a start so that `size` entries fit; what is no number starts at 0 rather than anywhere. */
const clampStart = (start: number, size: number, dim: number): number =>
  Math.max(0, Math.min(Math.trunc(start) || 0, dim - size));

export const dynamicSlice = (
  { axis, size }: PrimitiveParams["dynamicSlice"],
  [x, start]: readonly [View, View] | readonly View[],
  l: Lowerer,
): readonly View[] => {
  const first = sliceView(x!, axis, 0, size);
  return [
    l.emit(first.shape, [x!, start!], (out) => {
      const nest = nestOf(out.shape, [out.strides, first.strides]);
      const [o, a, s] = [out.storage.array, x!.storage.array, start!.storage.array];
      const [p, q, at] = [placeOf(out), placeOf(first), placeOf(start!)];
      const [dim, step] = [x!.shape[axis]!, x!.strides[axis]!];
      return () => copyNest(nest, o, p, a, q + step * clampStart(s[at]!, size, dim));
    }),
  ];
};

export const dynamicUpdateSlice = (
  { axis }: PrimitiveParams["dynamicUpdateSlice"],
  inputs: readonly View[],
  l: Lowerer,
): readonly View[] => {
  const [x, update, start] = inputs as readonly [View, View, View];
  const size = update.shape[axis]!;
  return [
    l.emit(
      x.shape,
      inputs,
      (out) => {
        const nest = nestOf(update.shape, [out.strides, update.strides]);
        const [o, u, s] = [out.storage.array, update.storage.array, start.storage.array];
        const [p, q, at] = [placeOf(out), placeOf(update), placeOf(start)];
        const [dim, step] = [x.shape[axis]!, out.strides[axis]!];
        const lay: Step = () => copyNest(nest, o, p + step * clampStart(s[at]!, size, dim), u, q);
        if (out.storage.root === x.storage.root) return lay;
        const keep = copyRows(out, x);
        return () => {
          keep();
          lay();
        };
      },
      { mayTake: isWhole(x) && x.storage !== update.storage ? [x] : [] },
    ),
  ];
};

/** Sizes before, along and after an axis. */
const outerInner = (shape: readonly number[], axis: number): readonly [number, number, number] => [
  count(shape.slice(0, axis)),
  shape[axis]!,
  count(shape.slice(axis + 1)),
];

export const gather = (
  { axis }: PrimitiveParams["gather"],
  [given, places]: readonly View[],
  l: Lowerer,
): readonly View[] => {
  const [x, index] = [l.dense(given!), l.dense(places!)];
  const [outer, n, inner] = outerInner(x.shape, axis);
  const m = index.shape[axis]!;
  return [
    l.emit(index.shape, [x, index], (out) => {
      const [o, a, f] = [out.storage.array, x.storage.array, index.storage.array];
      const [p, q, g] = [placeOf(out), placeOf(x), placeOf(index)];
      return () => {
        for (let i = 0; i < outer * m; i++) {
          const base = q + Math.floor(i / m) * n * inner;
          for (let j = i * inner; j < (i + 1) * inner; j++) {
            const place = f[g + j]!;
            o[p + j] = place >= 0 && place < n ? a[base + place * inner + (j - i * inner)]! : Number.NaN;
          }
        }
      };
    }),
  ];
};

export const scatterAdd = (
  { axis }: PrimitiveParams["scatterAdd"],
  [x, places, values]: readonly View[],
  l: Lowerer,
): readonly View[] => {
  const [index, update] = [l.dense(places!), l.dense(values!)];
  const [outer, n, inner] = outerInner(x!.shape, axis);
  const m = index.shape[axis]!;
  return [
    l.emit(x!.shape, [x!, index, update], (out) => {
      const [o, f, u] = [out.storage.array, index.storage.array, update.storage.array];
      const [p, g, q] = [placeOf(out), placeOf(index), placeOf(update)];
      const keep = copyRows(out, x!);
      return () => {
        keep();
        for (let i = 0; i < outer * m; i++) {
          const base = p + Math.floor(i / m) * n * inner;
          for (let j = i * inner; j < (i + 1) * inner; j++) {
            const place = f[g + j]!;
            if (place >= 0 && place < n) o[base + place * inner + (j - i * inner)]! += u[q + j]!;
          }
        }
      };
    }),
  ];
};
