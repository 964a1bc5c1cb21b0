/**
 * Primitives along axes.
 *
 * @module
 */
import type { PrimitiveParams } from "@normflow/core";
import { cumsumLine, exclusiveCumsumLine, type Line, softmaxLine } from "../kernels/along.ts";
import { reduceStep } from "../kernels/reduce.ts";
import type { Lowerer } from "../plan/lower.ts";
import { offsetTable } from "../plan/nest.ts";
import type { Step } from "../plan/scope.ts";
import { isWhole, placeOf, type View } from "../plan/view.ts";
import { reversedView } from "./layout.ts";

const without = <T>(list: readonly T[], axis: number): T[] => list.filter((_, i) => i !== axis);

/** Adds an instruction that maps each line of an axis, in place where it may; backwards, both are walked from the end. */
export function lines(line: Line, given: View, axis: number, l: Lowerer, backwards = false): View {
  const order = (v: View): View => (backwards ? reversedView(v, [axis]) : v);
  const bind = (dense: View): Step => {
    const [out, x] = [order(dense), order(given)];
    const to = offsetTable(without(out.shape, axis), without(out.strides, axis));
    const from = offsetTable(without(x.shape, axis), without(x.strides, axis));
    const n = x.shape[axis]!;
    const [ps, qs] = [out.strides[axis]!, x.strides[axis]!];
    const [o, a] = [out.storage.array, x.storage.array];
    const [p, q] = [placeOf(out), placeOf(x)];
    return () => {
      for (let i = 0; i < to.length; i++) line(n, o, p + to[i]!, ps, a, q + from[i]!, qs);
    };
  };
  return l.emit(given.shape, [given], bind, { mayTake: isWhole(given) ? [given] : [] });
}

export const softmax = ({ axis }: PrimitiveParams["softmax"], [x]: readonly View[], l: Lowerer): readonly View[] => [
  lines(softmaxLine, x!, axis, l),
];

export const cumsum = (
  { axis, exclusive, reverse }: PrimitiveParams["cumsum"],
  [x]: readonly View[],
  l: Lowerer,
): readonly View[] => {
  const line = exclusive ? exclusiveCumsumLine : cumsumLine;
  return [lines(line, x!, axis, l, reverse)];
};

export const reduction =
  (op: "sum" | "max") =>
  ({ axes, keepDims }: PrimitiveParams["reduceSum"], [x]: readonly View[], l: Lowerer): readonly View[] => {
    const { shape } = x!;
    const kept = keepDims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));
    return [l.emit(kept, [x!], (out) => reduceStep(op, out, x!, axes))];
  };
