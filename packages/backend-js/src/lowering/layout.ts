/**
 * Primitives that join, pad and turn around.
 *
 * @module
 */
import type { PrimitiveParams } from "@normflow/core";
import { copyRows } from "../kernels/copy.ts";
import type { Lowerer } from "../plan/lower.ts";
import { sliceView, type View } from "../plan/view.ts";

/** Axes walked backwards. */
export function reversedView(view: View, axes: readonly number[]): View {
  let { offset } = view;
  for (const a of axes) offset += Math.max(0, view.shape[a]! - 1) * view.strides[a]!;
  return { ...view, offset, strides: view.strides.map((s, i) => (axes.includes(i) ? -s : s)) };
}

export const reverse = ({ axes }: PrimitiveParams["reverse"], [x]: readonly View[]): readonly View[] => [
  reversedView(x!, axes),
];

export const concat = ({ axis }: PrimitiveParams["concat"], inputs: readonly View[], l: Lowerer): readonly View[] => {
  const size = inputs.reduce((n, v) => n + v.shape[axis]!, 0);
  const shape = inputs[0]!.shape.map((d, i) => (i === axis ? size : d));
  return [
    l.emit(shape, inputs, (out) => {
      let at = 0;
      const parts = inputs.map((v) => {
        const part = copyRows(sliceView(out, axis, at, v.shape[axis]!), v);
        at += v.shape[axis]!;
        return part;
      });
      return () => {
        for (let i = 0; i < parts.length; i++) parts[i]!();
      };
    }),
  ];
};

export const pad = ({ axis, low, high }: PrimitiveParams["pad"], [x]: readonly View[], l: Lowerer): readonly View[] => {
  const before = l.size(low);
  const given = x!.shape[axis]!;
  const size = before + given + l.size(high);
  const shape = x!.shape.map((d, i) => (i === axis ? size : d));
  // Negative padding cuts, as the gradient of a convolution needs.
  const from = Math.max(0, -before);
  const kept = Math.max(0, Math.min(given, size - before) - from);
  return [
    l.emit(shape, [x!], (out) => {
      const [o, start] = [out.storage.array, out.storage.start + out.offset];
      const end = start + out.storage.size;
      const copy = copyRows(sliceView(out, axis, Math.max(0, before), kept), sliceView(x!, axis, from, kept));
      return () => {
        o.fill(0, start, end);
        copy();
      };
    }),
  ];
};
