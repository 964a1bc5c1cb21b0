/**
 * Products of rows that are mostly zeros (one-hot rows, rectified values) with a matrix of finite entries.
 *
 * @module
 */

/** The rows of B that a row of A reads, and by what they are multiplied. */
let places = new Int32Array(256);
let factors = new Float64Array(256);

/** Whether every entry of a matrix with dense rows is finite. */
export function allFinite(rows: number, n: number, B: Float32Array, b: number, bk: number): boolean {
  // 0 · x is NaN for what is not finite.
  let sum = 0;
  for (let i = 0; i < rows; i++, b += bk) for (let j = b; j < b + n; j++) sum += 0 * B[j]!;
  return sum === 0;
}

/** Rows of A times B with dense rows, skipping zeros of A; C, D and `low` as in `product`. */
export function sparseProduct(
  m: number,
  n: number,
  k: number,
  C: Float32Array,
  c: number,
  A: Float32Array,
  a: number,
  ai: number,
  ak: number,
  B: Float32Array,
  b: number,
  bk: number,
  D: Float32Array,
  d: number,
  ds: number,
  low: number,
): void {
  if (places.length < k) {
    places = new Int32Array(k);
    factors = new Float64Array(k);
  }
  const [list, values] = [places, factors];
  for (let i = 0; i < m; i++, a += ai, c += n) {
    let found = 0;
    for (let p = 0, q = a, x = b; p < k; p++, q += ak, x += bk) {
      const v = A[q]!;
      list[found] = x;
      values[found] = v;
      if (v !== 0) found++;
    }
    let j = 0;
    let e = d;
    for (; j + 8 <= n; j += 8, e += 8 * ds) {
      let s0 = D[e]!;
      let s1 = D[e + ds]!;
      let s2 = D[e + 2 * ds]!;
      let s3 = D[e + 3 * ds]!;
      let s4 = D[e + 4 * ds]!;
      let s5 = D[e + 5 * ds]!;
      let s6 = D[e + 6 * ds]!;
      let s7 = D[e + 7 * ds]!;
      for (let f = 0; f < found; f++) {
        const v = values[f]!;
        const x = list[f]! + j;
        s0 += v * B[x]!;
        s1 += v * B[x + 1]!;
        s2 += v * B[x + 2]!;
        s3 += v * B[x + 3]!;
        s4 += v * B[x + 4]!;
        s5 += v * B[x + 5]!;
        s6 += v * B[x + 6]!;
        s7 += v * B[x + 7]!;
      }
      const o = c + j;
      C[o] = Math.max(s0, low);
      C[o + 1] = Math.max(s1, low);
      C[o + 2] = Math.max(s2, low);
      C[o + 3] = Math.max(s3, low);
      C[o + 4] = Math.max(s4, low);
      C[o + 5] = Math.max(s5, low);
      C[o + 6] = Math.max(s6, low);
      C[o + 7] = Math.max(s7, low);
    }
    for (; j < n; j++, e += ds) {
      let s = D[e]!;
      for (let f = 0; f < found; f++) s += values[f]! * B[list[f]! + j]!;
      C[c + j] = Math.max(s, low);
    }
  }
}
