/**
 * Matrix products and convolutions.
 *
 * @module
 */
import { BackendError } from "@normflow/core";
import type { Handle, TensorFlow } from "../tensorflow.ts";
import { padAxis } from "./layout.ts";
import { count, float, type Rule } from "./rule.ts";

const swapped = (tf: TensorFlow, x: Handle): Handle => tf.transpose(x, x.rank === 2 ? [1, 0] : [0, 2, 1]);

/**
 * The product of the last two axes. Batches are laid out beforehand: the kernels multiply equal batches or none, and
 * some answer anything else with wrong numbers instead of an error.
 */
export const matmul: Rule<"matmul"> = ({ tf, traits, params, from: [a, b], to: [shape] }) => {
  const { transposeA, transposeB } = params;
  const [ra, ca] = a!.slice(-2) as [number, number];
  const [rb, cb] = b!.slice(-2) as [number, number];
  if ((transposeA ? ra : ca) === 0) return () => [tf.zeros([...shape!])];
  const batch = shape!.slice(0, -2);
  const rank = batch.length;
  const full = (s: readonly number[]): number[] => [...new Array<number>(rank + 2 - s.length).fill(1), ...s];
  const spread = (x: Handle, s: readonly number[]): Handle => {
    const own = full(s);
    const target = [...batch, ...own.slice(-2)];
    return own.every((d, i) => d === target[i]) ? x : tf.broadcastTo(tf.reshape(x, own), target);
  };
  const product = (x: Handle, y: Handle): Handle => {
    // XNNPACK multiplies what lies row by row; with a flag set the kernel falls back on loops five times as slow.
    const straight = traits.slowTransposedProducts;
    const left = transposeA && straight ? swapped(tf, x) : x;
    const right = transposeB && straight ? swapped(tf, y) : y;
    return tf.matMul(left, right, transposeA && !straight, transposeB && !straight);
  };
  const alone = (s: readonly number[]): boolean => count(s.slice(0, -2)) === 1;
  if (alone(b!)) {
    // One matrix for the whole batch: its rows follow one another.
    const rows = count(batch);
    return ([x, y]) =>
      tf.tidy(() => {
        const matrix = tf.reshape(float(tf, y!), [rb, cb]);
        if (rows === 1 || !transposeA) {
          const left = tf.reshape(float(tf, x!), transposeA ? [ra, ca] : [rows * ra, ca]);
          return [tf.reshape(product(left, matrix), [...shape!])];
        }
        const left = tf.reshape(swapped(tf, tf.reshape(float(tf, x!), [rows, ra, ca])), [rows * ca, ra]);
        return [tf.reshape(tf.matMul(left, transposeB ? swapped(tf, matrix) : matrix), [...shape!])];
      });
  }
  const total = count(batch);
  return ([x, y]) =>
    tf.tidy(() => {
      const left = tf.reshape(spread(float(tf, x!), a!), [total, ra, ca]);
      const right = tf.reshape(spread(float(tf, y!), b!), [total, rb, cb]);
      return [tf.reshape(product(left, right), [...shape!])];
    });
};

/** The kernels take images with channels last. What negative padding would cut is cut before. */
export const conv2d: Rule<"conv2d"> =
  ({ tf, traits, params: { padding, dilation }, from: [, kernelShape], to: [shape] }) =>
  ([x, kernel]) =>
    tf.tidy(() => {
      if (count(kernelShape!) === 0) return [tf.zeros([...shape!])];
      const [top, bottom, left, right] = padding;
      const rows = padAxis(tf, traits, float(tf, x!), 2, top, bottom);
      const padded = padAxis(tf, traits, rows, 3, left, right);
      const image = tf.transpose(padded, [0, 2, 3, 1]) as Parameters<TensorFlow["conv2d"]>[0];
      const filter = tf.transpose(float(tf, kernel!), [2, 3, 1, 0]) as Parameters<TensorFlow["conv2d"]>[1];
      const y = tf.conv2d(image, filter, 1, "valid", "NHWC", [...dilation]);
      return [tf.transpose(y as Handle, [0, 3, 1, 2])];
    });

/** The pass `lowerTriangularSolve` leaves none. */
export const triangularSolve: Rule<"triangularSolve"> = () => {
  throw new BackendError("not-lowered", "triangularSolve stands in the graph after the pass that replaces it.", {
    hint: "Pass the graph to prepare first.",
  });
};
