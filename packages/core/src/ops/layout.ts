/**
 * Operators that move values: shapes, axes, slices, indexing. Negative axes count from the last.
 *
 * @module
 */
import { ShapeError } from "../error.ts";
import { currentBuilder, emit } from "../graph/builder.ts";
import { type Dim, elements, type Shape, sameShape, shapeText, subSizes } from "../graph/size.ts";
import type { Tensor, TensorLike } from "../graph/tensor.ts";

/** A literal tensor, `constant([1, 2, 3])` or with a shape. */
export function constant(values: ArrayLike<number> | number, shape?: readonly number[]): Tensor {
  const data = typeof values === "number" ? Float64Array.of(values) : Float64Array.from(values);
  return emit("constant", { data, shape: shape ?? (typeof values === "number" ? [] : [data.length]) }, [])[0]!;
}

/** 0, 1, …, size − 1. */
export const iota = (size: Dim): Tensor => emit("iota", { size }, [])[0]!;

/** A size as a scalar tensor. */
export const sizeOf = (dim: Dim): Tensor => (typeof dim === "number" ? constant(dim) : emit("size", { dim }, [])[0]!);

/** The tensor itself; a number becomes a constant. */
export const tensor = (x: TensorLike): Tensor => currentBuilder().lift(x);

/** An axis from the first; negative ones count from the last. */
export function axisOf(x: Tensor, axis: number): number {
  const resolved = axis < 0 ? axis + x.rank : axis;
  if (resolved < 0 || resolved >= x.rank)
    throw new ShapeError("axis", `There is no axis ${axis} in a tensor of shape ${shapeText(x.shape)}.`, {
      hint: "Axes count from 0, or from −1 at the end.",
    });
  return resolved;
}

/** The same values in another shape; one axis may be −1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const hole = shape.indexOf(-1);
  if (hole < 0) return sameShape(x.shape, shape) ? x : emit("reshape", { shape }, [x])[0]!;
  const rest = shape.filter((_, i) => i !== hole);
  const kept = [...rest];
  const left = x.shape.filter((d) => {
    const at = kept.findIndex((k) => String(k) === String(d));
    if (at < 0) return true;
    kept.splice(at, 1);
    return false;
  });
  const divisor = kept.length > 0 ? elements(kept) : 1;
  const dividend = elements(left);
  const missing =
    divisor === 1
      ? dividend
      : typeof dividend === "number" && typeof divisor === "number"
        ? dividend / divisor
        : undefined;
  if (missing === undefined || (typeof missing === "number" && !Number.isInteger(missing)))
    throw new ShapeError(
      "reshape",
      `reshape: the size of axis ${hole} of ${shapeText(shape)} does not follow from ${shapeText(x.shape)}.`,
      { hint: "All sizes but one must be given, and divide the tensor's." },
    );
  return reshape(
    x,
    shape.map((d, i) => (i === hole ? missing : d)),
  );
}

/** Axes in another order; without one, the last two swapped. */
export function transpose(x: Tensor, perm?: readonly number[]): Tensor {
  const order = perm ?? [...Array(x.rank - 2).keys(), x.rank - 1, x.rank - 2];
  return order.every((p, i) => p === i) ? x : emit("transpose", { perm: order }, [x])[0]!;
}

/** Repeats axes of size 1, and adds leading ones, up to a shape. */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const value = tensor(x);
  return sameShape(value.shape, shape) ? value : emit("broadcast", { shape }, [value])[0]!;
}

/** Adds an axis of size 1. */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = axis < 0 ? axis + x.rank + 1 : axis;
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Drops an axis of size 1. */
export function squeezeAxis(x: Tensor, axis: number): Tensor {
  const at = axisOf(x, axis);
  return reshape(
    x,
    x.shape.filter((_, i) => i !== at),
  );
}

/** Entries start … start + size of an axis. */
export function slice(x: Tensor, axis: number, start: number, size: Dim): Tensor {
  const at = axisOf(x, axis);
  return start === 0 && String(x.shape[at]) === String(size) ? x : emit("slice", { axis: at, start, size }, [x])[0]!;
}

/** Cuts an axis into consecutive parts; the last part may be −1, the rest. */
export function split(x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  const at = axisOf(x, axis);
  let start = 0;
  return sizes.map((size) => {
    const part = slice(x, at, start, size < 0 ? subSizes(x.shape[at]!, start) : size);
    start += size;
    return part;
  });
}

/** Adds zeros before and after an axis. */
export function pad(x: Tensor, axis: number, low: Dim, high: Dim): Tensor {
  return low === 0 && high === 0 ? x : emit("pad", { axis: axisOf(x, axis), low, high }, [x])[0]!;
}

/** Joins tensors along an axis. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  return parts.length === 1 ? parts[0]! : emit("concat", { axis: axisOf(parts[0]!, axis) }, parts)[0]!;
}

/** Joins tensors along a new axis. */
export const stack = (parts: readonly Tensor[], axis: number): Tensor =>
  concat(
    parts.map((p) => expandDims(p, axis)),
    axis,
  );

/** The entries of the axes in reverse order. */
export const reverse = (x: Tensor, axes: readonly number[]): Tensor =>
  emit("reverse", { axes: axes.map((a) => axisOf(x, a)) }, [x])[0]!;

/** `size` entries of an axis from a computed start, clamped into range. */
export const dynamicSlice = (x: Tensor, axis: number, start: TensorLike, size: number): Tensor =>
  emit("dynamicSlice", { axis: axisOf(x, axis), size }, [x, start])[0]!;

/** x with `update` laid over an axis from a computed start, clamped into range. */
export const dynamicUpdateSlice = (x: Tensor, axis: number, start: TensorLike, update: Tensor): Tensor =>
  emit("dynamicUpdateSlice", { axis: axisOf(x, axis) }, [x, update, start])[0]!;

/** One entry of an axis at a place, which may be computed, the axis dropped. */
export function at(x: Tensor, axis: number, index: TensorLike): Tensor {
  const size = x.shape[axisOf(x, axis)];
  const known = typeof index === "number" && typeof size === "number" && index >= 0 && index < size;
  return squeezeAxis(known ? slice(x, axis, index, 1) : dynamicSlice(x, axis, index, 1), axis);
}

/** y[…, i, …] = x[…, index[…, i, …], …]; the index has x's shape but for the axis. */
export const gather = (x: Tensor, axis: number, index: Tensor): Tensor =>
  emit("gather", { axis: axisOf(x, axis) }, [x, index])[0]!;

/** x with update[…, i, …] added at index[…, i, …] of an axis. */
export const scatterAdd = (x: Tensor, axis: number, index: Tensor, update: Tensor): Tensor =>
  emit("scatterAdd", { axis: axisOf(x, axis) }, [x, index, update])[0]!;

/** Entries of an axis chosen by fixed numbers. */
export function take(x: Tensor, axis: number, indices: readonly number[]): Tensor {
  const a = axisOf(x, axis);
  const runs: Tensor[] = [];
  for (let i = 0; i < indices.length; ) {
    let n = 1;
    while (i + n < indices.length && indices[i + n] === indices[i]! + n) n++;
    runs.push(slice(x, a, indices[i]!, n));
    i += n;
  }
  if (runs.length <= 8) return concat(runs, a);
  const shape = x.shape.map((d, i) => (i === a ? indices.length : d));
  const index = reshape(
    constant(indices),
    shape.map((_, i) => (i === a ? indices.length : 1)),
  );
  return gather(x, a, broadcastTo(index, shape));
}

/** Indices that put an axis into ascending order, ties kept in place. */
export const argsort = (x: Tensor, axis: number): Tensor => emit("argsort", { axis: axisOf(x, axis) }, [x])[0]!;

/** An axis in ascending order. */
export const sort = (x: Tensor, axis: number): Tensor => gather(x, axis, argsort(x, axis));

/** The total number of entries along axes. */
export const countAlong = (x: Tensor, axes: readonly number[]): Dim =>
  elements(axes.map((a) => x.shape[axisOf(x, a)]!));

/** The leading axes: a shape without its last `event` axes. */
export const leading = (shape: Shape, event: number): Shape => shape.slice(0, shape.length - event);
