/**
 * Sums, maxima, softmax, running sums and orders along axes.
 *
 * @module
 */
import type { PrimitiveParams } from "@normflow/core";
import type { Handle, TensorFlow } from "../tensorflow.ts";
import { around, count, float, type Rule } from "./rule.ts";

/** Neighbouring axes that are all folded or all kept are one axis: kernels are made for few. */
function folded(shape: readonly number[], axes: readonly number[]): { shape: number[]; axes: number[] } {
  const groups: { size: number; folds: boolean }[] = [];
  shape.forEach((size, i) => {
    const folds = axes.includes(i);
    const last = groups.at(-1);
    if (last && last.folds === folds) last.size *= size;
    else groups.push({ size, folds });
  });
  return { shape: groups.map((g) => g.size), axes: groups.flatMap((g, i) => (g.folds ? [i] : [])) };
}

const reduce =
  (empty: number, f: (tf: TensorFlow, x: Handle, axes: number[]) => Handle): Rule<"reduceSum" | "reduceMax"> =>
  ({ tf, params, from: [shape], to: [result] }) => {
    const { axes } = params as PrimitiveParams["reduceSum"];
    if (count(shape!) === 0) return () => [tf.fill([...result!], empty)];
    const simple = folded(shape!, axes);
    if (simple.axes.length === 0) return ([x]) => [tf.reshape(float(tf, x!), [...result!])];
    return ([x]) =>
      tf.tidy(() => [tf.reshape(f(tf, tf.reshape(float(tf, x!), simple.shape), simple.axes), [...result!])]);
  };

export const reduceSum: Rule<"reduceSum"> = reduce(0, (tf, x, axes) => tf.sum(x, axes));
export const reduceMax: Rule<"reduceMax"> = reduce(Number.NEGATIVE_INFINITY, (tf, x, axes) => tf.max(x, axes));

/** The kernels know the last axis only. */
export const softmax: Rule<"softmax"> = ({ tf, params: { axis }, from: [shape] }) => {
  const [outer, n, inner] = around(shape!, axis);
  return ([x]) =>
    tf.tidy(() => {
      const value = float(tf, x!);
      if (inner === 1) return [tf.reshape(tf.softmax(tf.reshape(value, [outer, n])), [...shape!])];
      const last = tf.transpose(tf.reshape(value, [outer, n, inner]), [0, 2, 1]);
      return [tf.reshape(tf.transpose(tf.softmax(last), [0, 2, 1]), [...shape!])];
    });
};

export const cumsum: Rule<"cumsum"> = ({ tf, params: { axis, exclusive, reverse }, from: [shape] }) => {
  const lanes = around(shape!, axis);
  return ([x]) =>
    tf.tidy(() => [tf.reshape(tf.cumsum(tf.reshape(float(tf, x!), lanes), 1, exclusive, reverse), [...shape!])]);
};

/**
 * Sorts on the host, in plain arrays: `topk` keeps equal entries in order on some devices only, and the order of equal
 * entries decides whose gradient is whose.
 */
export const argsort: Rule<"argsort"> = ({ tf, params: { axis }, from: [shape] }) => {
  const [outer, n, inner] = around(shape!, axis);
  return ([x]) => {
    const data = x!.dataSync();
    const order = new Float32Array(data.length);
    for (let o = 0; o < outer; o++)
      for (let k = 0; k < inner; k++) {
        const at = (i: number): number => (o * n + i) * inner + k;
        Array.from({ length: n }, (_, i) => i)
          .sort((i, j) => data[at(i)]! - data[at(j)]! || i - j)
          .forEach((source, i) => void (order[at(i)] = source));
      }
    return [tf.tensor(order, [...shape!], "float32")];
  };
};
