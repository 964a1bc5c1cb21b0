/**
 * Kernels along one axis: a line of n entries, at `q` with step `qs`, to one at `p` with step `ps`.
 *
 * @module
 */

/** Maps one line. */
export type Line = (n: number, o: Float32Array, p: number, ps: number, a: Float32Array, q: number, qs: number) => void;

/** Below this e^x rounds to 0 in float32. */
const VANISHES = -104;

let exponentials = new Float64Array(256);

export const softmaxLine: Line = (n, o, p, ps, a, q, qs) => {
  if (exponentials.length < n) exponentials = new Float64Array(n);
  const e = exponentials;
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0, x = q; i < n; i++, x += qs) top = Math.max(top, a[x]!);
  let total = 0;
  for (let i = 0, x = q; i < n; i++, x += qs) {
    const d = a[x]! - top;
    const v = d < VANISHES ? 0 : Math.exp(d);
    e[i] = v;
    total += v;
  }
  for (let i = 0; i < n; i++, p += ps) o[p] = e[i]! / total;
};

export const cumsumLine: Line = (n, o, p, ps, a, q, qs) => {
  let total = 0;
  for (; n > 0; n--, p += ps, q += qs) {
    total += a[q]!;
    o[p] = total;
  }
};

export const exclusiveCumsumLine: Line = (n, o, p, ps, a, q, qs) => {
  let total = 0;
  for (; n > 0; n--, p += ps, q += qs) {
    const value = a[q]!;
    o[p] = total;
    total += value;
  }
};

/** Stable ascending order, by place where entries are equal. */
export const argsortLine: Line = (n, o, p, ps, a, q, qs) => {
  const order = Array.from({ length: n }, (_, i) => i).sort((x, y) => a[q + x * qs]! - a[q + y * qs]! || x - y);
  for (let i = 0; i < n; i++) o[p + i * ps] = order[i]!;
};
