export type Key = readonly [number, number];
function tf(k0: number, k1: number, x0: number, x1: number, out: Uint32Array): void {
  const ks2 = k0 ^ k1 ^ 0x1bd11bda;
  const ks = [k0, k1, ks2];
  const R = [13, 15, 26, 6, 17, 29, 16, 24];
  x0 = (x0 + k0) | 0;
  x1 = (x1 + k1) | 0;
  for (let r = 0; r < 20; r++) {
    x0 = (x0 + x1) | 0;
    const s = R[r % 8]!;
    x1 = ((x1 << s) | (x1 >>> (32 - s))) ^ x0;
    if (r % 4 === 3) {
      const j = (r + 1) / 4;
      x0 = (x0 + ks[j % 3]!) | 0;
      x1 = (x1 + ks[(j + 1) % 3]! + j) | 0;
    }
  }
  out[0] = x0;
  out[1] = x1;
}
const w = new Uint32Array(2);
export const key = (seed: number): Key => [Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0];
export function foldIn(k: Key, d: number): Key {
  tf(k[0], k[1], 0x9e3779b9, d, w);
  return [w[0]!, w[1]!];
}
export function bits(k: Key, n: number): Uint32Array {
  const o = new Uint32Array(n);
  for (let i = 0; i < n; i += 2) {
    tf(k[0], k[1], 0, i >>> 1, w);
    o[i] = w[0]!;
    if (i + 1 < n) o[i + 1] = w[1]!;
  }
  return o;
}
export function uniform(k: Key, n: number, { min = 0, max = 1 } = {}): Float32Array {
  const b = bits(k, n);
  return Float32Array.from(b, (v) => min + (max - min) * (((v >>> 8) + 0.5) * 2 ** -24));
}
export function normal(k: Key, n: number): Float64Array {
  const b = bits(k, 2 * n);
  return Float64Array.from(
    { length: n },
    (_, i) =>
      Math.sqrt(-2 * Math.log(((b[2 * i]! >>> 8) + 0.5) * 2 ** -24)) *
      Math.cos(2 * Math.PI * (b[2 * i + 1]! * 2 ** -32)),
  );
}
export function randint(k: Key, n: number, lo: number, hi: number): Int32Array {
  return Int32Array.from(bits(k, n), (v) => lo + (v % (hi - lo)));
}
export function permutation(k: Key, n: number): Uint32Array {
  const o = Uint32Array.from({ length: n }, (_, i) => i);
  const b = bits(k, n);
  for (let i = n - 1; i > 0; i--) {
    const j = b[i]! % (i + 1);
    const t = o[i]!;
    o[i] = o[j]!;
    o[j] = t;
  }
  return o;
}
