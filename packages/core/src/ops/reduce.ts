/**
 * Reductions, contractions and scans along axes. Without axes, all of them.
 *
 * @module
 */

import { ShapeError } from "../error.ts";
import { emit } from "../graph/builder.ts";
import { shapeText } from "../graph/size.ts";
import type { Tensor, TensorLike } from "../graph/tensor.ts";
import type { PrimitiveParams } from "../primitives/params.ts";
import { add, div, equal, exp, log, mul, select, sub } from "./elementwise.ts";
import {
  axisOf,
  broadcastTo,
  concat,
  countAlong,
  expandDims,
  iota,
  reverse,
  sizeOf,
  slice,
  squeezeAxis,
} from "./layout.ts";

type Axes = number | readonly number[];

const resolve = (x: Tensor, axes?: Axes): number[] =>
  (axes === undefined ? [...x.shape.keys()] : typeof axes === "number" ? [axes] : axes).map((a) => axisOf(x, a));

/** Sums entries along axes. */
export function sum(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  const over = resolve(x, axes);
  return over.length === 0 ? x : emit("reduceSum", { axes: over, keepDims }, [x])[0]!;
}

/** The largest entry along axes; the gradient is shared among equals. */
export function amax(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  const over = resolve(x, axes);
  return over.length === 0 ? x : emit("reduceMax", { axes: over, keepDims }, [x])[0]!;
}

/** The mean along axes. */
export function mean(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  const count = countAlong(x, resolve(x, axes));
  return mul(sum(x, axes, keepDims), typeof count === "number" ? 1 / count : div(1, sizeOf(count)));
}

/** The product along one axis. */
export function prod(x: Tensor, axis: number): Tensor {
  const all = cumprod(x, axis);
  const a = axisOf(x, axis);
  const size = x.shape[a]!;
  if (typeof size !== "number")
    throw new ShapeError("prod", `prod: axis ${axis} of ${shapeText(x.shape)} must have a fixed size.`, {
      hint: "Reduce an axis of fixed size, or take exp of a sum of logarithms.",
    });
  return squeezeAxis(slice(all, a, size - 1, 1), a);
}

/** e^{xᵢ} / Σ e^{xⱼ} along an axis. */
export const softmax = (x: Tensor, axis: number): Tensor => emit("softmax", { axis: axisOf(x, axis) }, [x])[0]!;

/** ln Σ eˣ along an axis, without overflow. */
export function logSumExp(x: Tensor, axis: number, keepDims = false): Tensor {
  const top = emit("stopGradient", {}, [amax(x, axis, true)])[0]!;
  const result = add(top, log(sum(exp(sub(x, top)), axis, true)));
  return keepDims ? result : squeezeAxis(result, axis);
}

/** x − ln Σ eˣ along an axis. */
export const logSoftmax = (x: Tensor, axis: number): Tensor => sub(x, logSumExp(x, axis, true));

/** Running sum along an axis. */
export const cumsum = (x: Tensor, axis: number, { exclusive = false, reverse: back = false } = {}): Tensor =>
  emit("cumsum", { axis: axisOf(x, axis), exclusive, reverse: back }, [x])[0]!;

/** Running product along an axis of fixed size, by doubling (Hillis & Steele 1986), safe at zeros. */
export function cumprod(x: Tensor, axis: number, { reverse: back = false } = {}): Tensor {
  const a = axisOf(x, axis);
  const size = x.shape[a]!;
  if (typeof size !== "number")
    throw new ShapeError("cumprod", `cumprod: axis ${axis} of ${shapeText(x.shape)} must have a fixed size.`, {
      hint: "Run along an axis of fixed size, or take exp of a cumsum of logarithms.",
    });
  let y = back ? reverse(x, [a]) : x;
  for (let step = 1; step < size; step *= 2) {
    const ones = broadcastTo(
      1,
      y.shape.map((d, i) => (i === a ? step : d)),
    );
    y = mul(y, concat([ones, slice(y, a, 0, size - step)], a));
  }
  return back ? reverse(y, [a]) : y;
}

/** Multiplies matrices in the last two axes, the ones before broadcasting. */
export const matmul = (a: Tensor, b: Tensor, { transposeA = false, transposeB = false } = {}): Tensor =>
  emit("matmul", { transposeA, transposeB }, [a, b])[0]!;

/** Σ aᵢ bᵢ along the last axis. */
export const dot = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b), -1);

/** Correlates x [N, C, H, W] with a kernel [O, C, h, w] at stride 1; padding is [top, bottom, left, right]. */
export const conv2d = (
  x: Tensor,
  kernel: Tensor,
  { padding = [0, 0, 0, 0], dilation = [1, 1] }: Partial<PrimitiveParams["conv2d"]> = {},
): Tensor => emit("conv2d", { padding, dilation }, [x, kernel])[0]!;

/** Solves T x = b (Tᵀ x = b) for triangular T [n, n] and b […, n, k]; what stands on the other side of the diagonal is not read. */
export const triangularSolve = (
  t: Tensor,
  b: Tensor,
  { lower = true, transpose = false, unitDiagonal = false }: Partial<PrimitiveParams["triangularSolve"]> = {},
): Tensor => emit("triangularSolve", { lower, transpose, unitDiagonal }, [t, b])[0]!;

/** 1 at the index, 0 elsewhere, along a new last axis. */
export const oneHot = (index: Tensor, size: number): Tensor => equal(expandDims(index, -1), iota(size));

/** x where the mask is 1, else `fill`, with no gradient through what is masked. */
export const masked = (mask: TensorLike, x: TensorLike, fill: TensorLike): Tensor => select(mask, x, fill);
