/**
 * Operators entry by entry.
 *
 * @module
 */
import type { Primitive, Tensor } from "@normflow/core";
import type { Handle, TensorFlow } from "../tensorflow.ts";
import { float, type Rule } from "./rule.ts";
import { writtenOut } from "./sine.ts";

type Unary = (tf: TensorFlow, x: Handle) => Handle;
type Binary = (tf: TensorFlow, a: Handle, b: Handle) => Handle;

const one =
  (f: Unary): Rule<Primitive> =>
  ({ tf }) =>
  ([x]) => [f(tf, float(tf, x!))];

const two =
  (f: Binary): Rule<Primitive> =>
  ({ tf }) =>
  ([a, b]) => [f(tf, float(tf, a!), float(tf, b!))];

/** Whether an operand is a literal without NaN. */
const plainLiteral = ({ node }: Tensor): boolean => node.op === "constant" && !node.params.data.some(Number.isNaN);

/** The greater or lesser of two; a NaN of either must not vanish. */
const extreme =
  (f: Binary): Rule<Primitive> =>
  ({ tf, traits, operands: [first, second] }) => {
    const plain = two(f)({ tf } as never);
    if (!traits.secondNaNVanishes || plainLiteral(second!)) return plain;
    if (plainLiteral(first!)) return ([a, b]) => plain([b!, a!]);
    return ([a, b]) =>
      tf.tidy(() => {
        const [x, y] = [float(tf, a!), float(tf, b!)];
        return [tf.where(tf.isNaN(y), y, f(tf, x, y))];
      });
  };

/** [x > 0] − [x < 0], NaN where x is: the kernels make 0 of NaN, and one of them of what is small. */
const sign: Rule<Primitive> =
  ({ tf }) =>
  ([x]) =>
    tf.tidy(() => {
      const value = float(tf, x!);
      const difference = tf.sub(float(tf, tf.greater(value, 0)), float(tf, tf.less(value, 0)));
      return [tf.where(tf.isNaN(value), value, difference)];
    });

const wave =
  (name: "sin" | "cos"): Rule<Primitive> =>
  ({ tf, traits }) =>
  ([x]) => {
    const value = float(tf, x!);
    return [traits.roughWaves ? writtenOut(tf, value, name) : tf[name](value)];
  };

const select: Rule<"select"> =
  ({ tf }) =>
  ([c, a, b]) =>
    tf.tidy(() => {
      const condition = c!.dtype === "bool" ? c! : tf.notEqual(float(tf, c!), 0);
      return [tf.where(condition, float(tf, a!), float(tf, b!))];
    });

export const elementwise = {
  neg: one((tf, x) => tf.neg(x)),
  abs: one((tf, x) => tf.abs(x)),
  sign,
  floor: one((tf, x) => tf.floor(x)),
  exp: one((tf, x) => tf.exp(x)),
  expm1: one((tf, x) => tf.expm1(x)),
  log: one((tf, x) => tf.log(x)),
  log1p: one((tf, x) => tf.log1p(x)),
  sqrt: one((tf, x) => tf.sqrt(x)),
  sin: wave("sin"),
  cos: wave("cos"),
  tanh: one((tf, x) => tf.tanh(x)),
  sigmoid: one((tf, x) => tf.sigmoid(x)),
  relu: one((tf, x) => tf.relu(x)),
  erf: one((tf, x) => tf.erf(x)),
  stopGradient: one((tf, x) => tf.clone(x)),
  add: two((tf, a, b) => tf.add(a, b)),
  sub: two((tf, a, b) => tf.sub(a, b)),
  mul: two((tf, a, b) => tf.mul(a, b)),
  div: two((tf, a, b) => tf.div(a, b)),
  max: extreme((tf, a, b) => tf.maximum(a, b)),
  min: extreme((tf, a, b) => tf.minimum(a, b)),
  greater: two((tf, a, b) => tf.greater(a, b)),
  greaterEqual: two((tf, a, b) => tf.greaterEqual(a, b)),
  equal: two((tf, a, b) => tf.equal(a, b)),
  select,
} as const;
