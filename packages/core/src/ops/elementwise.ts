/**
 * Elementwise operators on symbolic tensors; two operands broadcast, numbers become constants.
 *
 * @module
 */
import { emit } from "../graph/builder.ts";
import type { Tensor, TensorLike } from "../graph/tensor.ts";
import type { Primitive, PrimitiveParams } from "../primitives/params.ts";

type Plain = { [P in Primitive]: Record<never, never> extends PrimitiveParams[P] ? P : never }[Primitive];

const one =
  (op: Plain) =>
  (x: TensorLike): Tensor =>
    emit(op, {} as never, [x])[0]!;

const two =
  (op: Plain) =>
  (a: TensorLike, b: TensorLike): Tensor =>
    emit(op, {} as never, [a, b])[0]!;

/** −x */
export const neg = one("neg");
/** |x| */
export const abs = one("abs");
/** −1, 0 or 1; its gradient is 0. */
export const sign = one("sign");
/** ⌊x⌋; its gradient is 0. */
export const floor = one("floor");
/** eˣ */
export const exp = one("exp");
/** eˣ − 1, exact near 0. */
export const expm1 = one("expm1");
/** ln x */
export const log = one("log");
/** ln(1 + x), exact near 0. */
export const log1p = one("log1p");
/** √x */
export const sqrt = one("sqrt");
/** sin x */
export const sin = one("sin");
/** cos x */
export const cos = one("cos");
/** tanh x */
export const tanh = one("tanh");
/** σ(x) = 1 / (1 + e⁻ˣ) */
export const sigmoid = one("sigmoid");
/** max(x, 0); its gradient at 0 is 0. */
export const relu = one("relu");
/** erf x = 2/√π ∫₀ˣ e^{−t²} dt */
export const erf = one("erf");
/** x, with no gradient through it. */
export const stopGradient = one("stopGradient");

/** a + b */
export const add = two("add");
/** a − b */
export const sub = two("sub");
/** a · b */
export const mul = two("mul");
/** a / b */
export const div = two("div");
/** The larger; where equal, the gradient goes to a. */
export const max = two("max");
/** The smaller; where equal, the gradient goes to a. */
export const min = two("min");
/** 1 where a > b, else 0. */
export const greater = two("greater");
/** 1 where a ≥ b, else 0. */
export const greaterEqual = two("greaterEqual");
/** 1 where a = b, else 0. */
export const equal = two("equal");
/** 1 where a < b, else 0. */
export const less = (a: TensorLike, b: TensorLike): Tensor => greater(b, a);
/** 1 where a ≤ b, else 0. */
export const lessEqual = (a: TensorLike, b: TensorLike): Tensor => greaterEqual(b, a);
/** 1 where a is 0, else 0. */
export const not = (a: TensorLike): Tensor => sub(1, a);

/** `ifTrue` where the condition is not 0, else `ifFalse`; masks values, not the gradient's own arithmetic. */
export const select = (condition: TensorLike, ifTrue: TensorLike, ifFalse: TensorLike): Tensor =>
  emit("select", {}, [condition, ifTrue, ifFalse])[0]!;

/** x² */
export const square = (x: TensorLike): Tensor => mul(x, x);
/** 1 / x */
export const reciprocal = (x: TensorLike): Tensor => div(1, x);
/** x within [low, high]; no gradient outside. */
export const clip = (x: TensorLike, low: TensorLike, high: TensorLike): Tensor => min(max(x, low), high);
/** ln(1 + eˣ), without overflow. */
export const softplus = (x: TensorLike): Tensor => add(relu(x), log1p(exp(neg(abs(x)))));
/** ln σ(x), without underflow. */
export const logSigmoid = (x: TensorLike): Tensor => neg(softplus(neg(x)));
/** xᵖ for x ≥ 0 and a number p ≠ 0, as e^{p ln x}. */
export const pow = (x: TensorLike, p: TensorLike): Tensor => exp(mul(p, log(x)));
