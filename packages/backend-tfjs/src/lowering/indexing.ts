/**
 * Reading and writing at places that values name.
 *
 * @module
 */
import type { Handle, TensorFlow } from "../tensorflow.ts";
import { joinAxis, sliceAxis } from "./layout.ts";
import { around, float, type Rule } from "./rule.ts";

/** The start that a scalar names, clamped so that `size` entries fit; no number starts at the first. */
function startOf(value: Handle, size: number, n: number): number {
  const start = Math.trunc(value.dataSync()[0]!);
  return Number.isNaN(start) ? 0 : Math.max(0, Math.min(start, n - size));
}

export const dynamicSlice: Rule<"dynamicSlice"> =
  ({ tf, traits, params: { axis, size }, from: [shape] }) =>
  ([x, start]) =>
    tf.tidy(() => [sliceAxis(tf, traits, float(tf, x!), axis, startOf(start!, size, shape![axis]!), size)]);

/** Lays the update over a copy, or joins what stands before it, it, and what stands after. */
export const dynamicUpdateSlice: Rule<"dynamicUpdateSlice"> = (site) => {
  const { tf, traits, params, from, to } = site;
  const { axis } = params;
  const [outer, n, inner] = around(from[0]!, axis);
  const size = from[1]![axis]!;
  if (size === 0) return ([x]) => [tf.clone(float(tf, x!))];
  return ([x, update, start]) =>
    tf.tidy(() => {
      const [value, laid] = [float(tf, x!), float(tf, update!)];
      const at = startOf(start!, size, n);
      const whole = traits.view(tf, value)?.slice();
      const rows = whole && traits.view(tf, laid);
      if (rows) {
        for (let o = 0; o < outer; o++)
          whole.set(rows.subarray(o * size * inner, (o + 1) * size * inner), (o * n + at) * inner);
        return [tf.tensor(whole, [...to[0]!], "float32")];
      }
      const before = at > 0 ? [sliceAxis(tf, traits, value, axis, 0, at)] : [];
      const after = at + size < n ? [sliceAxis(tf, traits, value, axis, at + size, n - at - size)] : [];
      return [joinAxis(tf, [...before, laid, ...after], axis, to[0]!)];
    });
};

/**
 * Places in the array as one row: (o · n + i) · inner + k, in integers, since float32 counts to 2²⁴ only. An index out
 * of range is clamped: the kernels would read whatever lies there.
 */
function places(tf: TensorFlow, source: readonly number[], index: readonly number[], axis: number) {
  const [outer, n, inner] = around(source, axis);
  const m = index[axis]!;
  const base = new Int32Array(outer * m * inner);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < m; i++) for (let k = 0; k < inner; k++) base[(o * m + i) * inner + k] = o * n * inner + k;
  return (values: Handle): Handle => {
    const flat = tf.reshape(float(tf, values), [base.length]);
    const whole = tf.cast(tf.clipByValue(flat, 0, n - 1), "int32");
    const scaled = inner === 1 ? whole : tf.mul(whole, tf.scalar(inner, "int32"));
    return outer * inner === 1 ? scaled : tf.add(scaled, tf.tensor1d(base, "int32"));
  };
}

export const gather: Rule<"gather"> = ({ tf, params: { axis }, from: [source, index] }) => {
  const placed = places(tf, source!, index!, axis);
  return ([x, i]) =>
    tf.tidy(() => {
      const row = tf.reshape(float(tf, x!), [x!.size]);
      return [tf.reshape(tf.gather(row, placed(i!) as Parameters<TensorFlow["gather"]>[1]), [...index!])];
    });
};

/** Additions to one place add up, in an order that is the kernel's own. */
export const scatterAdd: Rule<"scatterAdd"> = ({ tf, params: { axis }, from: [target, index] }) => {
  const placed = places(tf, target!, index!, axis);
  return ([x, i, update]) =>
    tf.tidy(() => {
      const value = float(tf, x!);
      if (i!.size === 0) return [tf.clone(value)];
      const row = tf.reshape(float(tf, update!), [i!.size]);
      const added = tf.scatterND(tf.reshape(placed(i!), [i!.size, 1]), row, [value.size]);
      return [tf.add(value, tf.reshape(added, [...target!]))];
    });
};
