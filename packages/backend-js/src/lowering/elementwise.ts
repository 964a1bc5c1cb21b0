/**
 * Elementwise primitives: loops over rows, in place where an operand dies.
 *
 * @module
 */
import type { Binary, Ternary, Unary } from "../kernels/elementwise.ts";
import type { Lowerer } from "../plan/lower.ts";
import { nestOf } from "../plan/nest.ts";
import type { Step } from "../plan/scope.ts";
import { broadcastView, isWhole, placeOf, type View } from "../plan/view.ts";

/** The shape that operands share; each axis is that of whichever operand has more than 1. */
export function sharedShape(inputs: readonly View[]): number[] {
  const rank = Math.max(...inputs.map((v) => v.shape.length));
  return Array.from({ length: rank }, (_, i) => {
    for (const { shape } of inputs) {
      const d = shape[i - rank + shape.length] ?? 1;
      if (d !== 1) return d;
    }
    return 1;
  });
}

/** Operands whose memory the result may take: read entry by entry in the order in which it is written. */
const replaceable = (inputs: readonly View[]): View[] =>
  inputs.filter((v) => isWhole(v) && inputs.every((w) => w.storage !== v.storage || isWhole(w)));

/** Adds an instruction over operands broadcast to their shared shape. */
export function elementwise(
  inputs: readonly View[],
  l: Lowerer,
  bind: (operands: readonly View[], out: View) => Step,
): View {
  const shape = sharedShape(inputs);
  const operands = inputs.map((v) => broadcastView(v, shape));
  return l.emit(shape, operands, (out) => bind(operands, out), { mayTake: replaceable(operands) });
}

export const unary =
  (kernel: Unary) =>
  (_: unknown, inputs: readonly View[], l: Lowerer): readonly View[] => [
    elementwise(inputs, l, ([x], out) => {
      const { rows, n, starts, steps } = nestOf(out.shape, [out.strides, x!.strides]);
      const [to, from] = starts as [Int32Array, Int32Array];
      const [ps, qs] = steps as [number, number];
      const [o, a] = [out.storage.array, x!.storage.array];
      const [p, q] = [placeOf(out), placeOf(x!)];
      if (rows === 1) return () => kernel(n, o, p, ps, a, q, qs);
      return () => {
        for (let i = 0; i < rows; i++) kernel(n, o, p + to[i]!, ps, a, q + from[i]!, qs);
      };
    }),
  ];

export const binary =
  (kernel: Binary) =>
  (_: unknown, inputs: readonly View[], l: Lowerer): readonly View[] => [
    elementwise(inputs, l, ([x, y], out) => {
      const { rows, n, starts, steps } = nestOf(out.shape, [out.strides, x!.strides, y!.strides]);
      const [to, left, right] = starts as [Int32Array, Int32Array, Int32Array];
      const [ps, qs, rs] = steps as [number, number, number];
      const [o, a, b] = [out.storage.array, x!.storage.array, y!.storage.array];
      const [p, q, r] = [placeOf(out), placeOf(x!), placeOf(y!)];
      if (rows === 1) return () => kernel(n, o, p, ps, a, q, qs, b, r, rs);
      return () => {
        for (let i = 0; i < rows; i++) kernel(n, o, p + to[i]!, ps, a, q + left[i]!, qs, b, r + right[i]!, rs);
      };
    }),
  ];

export const ternary =
  (kernel: Ternary) =>
  (_: unknown, inputs: readonly View[], l: Lowerer): readonly View[] => [
    elementwise(inputs, l, ([x, y, z], out) => {
      const { rows, n, starts, steps } = nestOf(out.shape, [out.strides, x!.strides, y!.strides, z!.strides]);
      const [to, first, second, third] = starts as [Int32Array, Int32Array, Int32Array, Int32Array];
      const [ps, qs, rs, ss] = steps as [number, number, number, number];
      const [o, a, b, c] = [out.storage.array, x!.storage.array, y!.storage.array, z!.storage.array];
      const [p, q, r, s] = [placeOf(out), placeOf(x!), placeOf(y!), placeOf(z!)];
      return () => {
        for (let i = 0; i < rows; i++)
          kernel(n, o, p + to[i]!, ps, a, q + first[i]!, qs, b, r + second[i]!, rs, c, s + third[i]!, ss);
      };
    }),
  ];
