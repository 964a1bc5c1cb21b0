/**
 * Rotations.
 *
 * @module
 */
import {
  abs,
  add,
  amax,
  constant,
  defineLayer,
  equal,
  expandDims,
  greater,
  iota,
  matmul,
  mul,
  normalInit,
  select,
  size,
  stopGradient,
  sub,
  sum,
  type Tensor,
  transpose,
  z,
} from "@normflow/core";
import { linear } from "../network/dense.ts";

/** Options of `rotation`. */
export interface RotationOptions {
  /** Size D of an event. */
  features: number;
}

/** Terms of the series of a matrix whose norm is at most ½: what is left out is below the last digit of a double. */
const TERMS = 13;

/** A matrix is halved until its norm is at most ½, this often at most. */
const HALVINGS = 12;

/** e^A = (e^{A/2ˢ})^{2ˢ}, the inner one by its series; s follows from A. */
function exponential(a: Tensor): Tensor {
  const n = a.shape[0] as number;
  const norm = stopGradient(amax(sum(abs(a), -1), -1));
  const halved = Array.from({ length: HALVINGS }, (_, i) => greater(norm, 2 ** (i - 1)));
  const small = mul(
    a,
    halved.reduce<Tensor>((scale, mask) => mul(scale, select(mask, 0.5, 1)), constant(1)),
  );
  const one = equal(expandDims(iota(n), 1), iota(n));
  let result = one;
  for (let k = TERMS; k > 0; k--) result = add(one, mul(1 / k, matmul(small, result)));
  for (const mask of halved) result = select(mask, matmul(result, result), result);
  return result;
}

/**
 * Rotates events, `x = e^{A − Aᵀ} z` for a square A of parameters, log-det 0; event `[D]`. It reaches every rotation, and
 * starts as a small one.
 *
 * The exponential is found once a run for the whole batch, by halving, its series and squaring; the inverse is its transpose.
 *
 * @see Hyland & Rätsch 2017, Learning Unitary Operators with Help From u(n)
 * @example rotation({ features: 4 })
 */
export const rotation = defineLayer({
  kind: "rotation",
  options: z.object({ features: size }),
  facts: ({ features }: RotationOptions) => ({ event: [features], constantLogDet: true }),
  params: ({ features }) => ({ square: normalInit([features, features], 0.1) }),

  forward: ({ square }, base) => [linear(exponential(sub(square, transpose(square))), base), constant(0)],
  inverse: ({ square }, x) => [linear(exponential(sub(transpose(square), square)), x), constant(0)],
});
