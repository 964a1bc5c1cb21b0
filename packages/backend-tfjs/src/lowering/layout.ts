/**
 * Operators that only move entries.
 *
 * @module
 */
import type { Traits } from "../engine/device.ts";
import type { Handle, TensorFlow } from "../tensorflow.ts";
import { around, count, float, type Rule } from "./rule.ts";

/** Zeros before and after an axis; a negative number of them cuts. */
export function padAxis(tf: TensorFlow, traits: Traits, x: Handle, axis: number, low: number, high: number): Handle {
  const [outer, n, inner] = around(x.shape, axis);
  const shape = x.shape.map((d, i) => (i === axis ? low + n + high : d));
  const start = Math.max(0, -low);
  const kept = Math.min(n, n + high) - start;
  if (kept <= 0 || count(x.shape) === 0) return tf.zeros(shape);
  const whole = tf.reshape(x, [outer, n, inner]);
  const cut = kept === n ? whole : sliceAxis(tf, traits, whole, 1, start, kept);
  const zeros: [number, number][] = [
    [0, 0],
    [Math.max(0, low), Math.max(0, high)],
    [0, 0],
  ];
  return tf.reshape(low > 0 || high > 0 ? tf.pad(cut, zeros) : cut, shape);
}

/** `size` entries of an axis from `start`. */
export function sliceAxis(
  tf: TensorFlow,
  traits: Traits,
  x: Handle,
  axis: number,
  start: number,
  size: number,
): Handle {
  const [outer, n, inner] = around(x.shape, axis);
  const shape = x.shape.map((d, i) => (i === axis ? size : d));
  const data = outer === 1 && traits.freeStretches ? undefined : traits.view(tf, x);
  if (data) {
    const part = new Float32Array(outer * size * inner);
    for (let o = 0; o < outer; o++) {
      const from = (o * n + start) * inner;
      part.set(data.subarray(from, from + size * inner), o * size * inner);
    }
    return tf.tensor(part, shape, "float32");
  }
  return tf.reshape(tf.slice(tf.reshape(x, [outer, n, inner]), [0, start, 0], [outer, size, inner]), shape);
}

/** Joins arrays along an axis, leaving out the empty ones. */
export function joinAxis(tf: TensorFlow, parts: readonly Handle[], axis: number, shape: readonly number[]): Handle {
  const filled = parts.filter((x) => x.size > 0).map((x) => tf.reshape(float(tf, x), around(x.shape, axis)));
  return tf.reshape(filled.length === 1 ? filled[0]! : tf.concat(filled, 1), [...shape]);
}

export const reshape: Rule<"reshape"> =
  ({ tf, to: [shape] }) =>
  ([x]) => [tf.reshape(x!, [...shape!])];

/** Axes that stay neighbours move as one. */
export const transpose: Rule<"transpose"> = ({ tf, params: { perm }, from: [shape], to: [result] }) => {
  const groups: number[][] = [];
  for (const axis of perm) {
    const last = groups.at(-1);
    if (last && last.at(-1) === axis - 1) last.push(axis);
    else groups.push([axis]);
  }
  const sorted = [...groups].sort((a, b) => a[0]! - b[0]!);
  const merged = sorted.map((axes) => count(axes.map((a) => shape![a]!)));
  const order = groups.map((g) => sorted.indexOf(g));
  return ([x]) => tf.tidy(() => [tf.reshape(tf.transpose(tf.reshape(float(tf, x!), merged), order), [...result!])]);
};

/** Axes that repeat alike are one axis: the kernel repeats five at most on some devices. */
export const broadcast: Rule<"broadcast"> = ({ tf, from: [shape], to: [result] }) => {
  const full = [...new Array<number>(result!.length - shape!.length).fill(1), ...shape!];
  const groups: { from: number; to: number }[] = [];
  full.forEach((from, i) => {
    const to = result![i]!;
    const last = groups.at(-1);
    if (last && (last.from !== last.to) === (from !== to)) {
      last.from *= from;
      last.to *= to;
    } else groups.push({ from, to });
  });
  const [before, repeats] = [groups.map((g) => g.from), groups.map((g) => g.to / g.from)];
  if (repeats.every((r) => r === 1)) return ([x]) => [tf.reshape(float(tf, x!), [...result!])];
  return ([x]) => tf.tidy(() => [tf.reshape(tf.tile(tf.reshape(float(tf, x!), before), repeats), [...result!])]);
};

export const slice: Rule<"slice"> = ({ tf, traits, params: { axis, start, size }, size: resolve }) => {
  const entries = resolve(size);
  return ([x]) => tf.tidy(() => [sliceAxis(tf, traits, float(tf, x!), axis, start, entries)]);
};

export const pad: Rule<"pad"> = ({ tf, traits, params: { axis, low, high }, size }) => {
  const [before, after] = [size(low), size(high)];
  return ([x]) => tf.tidy(() => [padAxis(tf, traits, float(tf, x!), axis, before, after)]);
};

export const concat: Rule<"concat"> =
  ({ tf, params: { axis }, to: [shape] }) =>
  (inputs) =>
    tf.tidy(() => [joinAxis(tf, inputs, axis, shape!)]);

export const reverse: Rule<"reverse"> =
  ({ tf, params: { axes }, from: [shape] }) =>
  ([x]) =>
    tf.tidy(() => {
      const turned = axes.reduce((y, axis) => tf.reverse(tf.reshape(y, around(shape!, axis)), 1), float(tf, x!));
      return [tf.reshape(turned, [...shape!])];
    });
