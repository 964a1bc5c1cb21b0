/**
 * Matrix products for matrices that fit the caches: tiles of sums held in registers, in double precision.
 *
 * Everywhere C [m, n] is dense at `c`, A lies at `a` with strides (ai, ak), B at `b` with strides (bk, bj). Sums start at
 * a row vector D at `d` with step `ds` (a bias; step 0 over a zero where there is none) and end at max(·, low).
 *
 * @module
 */

/** One row, column by column. */
function columnsProduct(
  n: number,
  k: number,
  C: Float32Array,
  c: number,
  A: Float32Array,
  a: number,
  ak: number,
  B: Float32Array,
  b: number,
  bk: number,
  bj: number,
  D: Float32Array,
  d: number,
  ds: number,
  low: number,
): void {
  const end = a + k * ak;
  for (let j = 0; j < n; j++) {
    let s = D[d + j * ds]!;
    for (let p = a, x = b + j * bj; p !== end; p += ak, x += bk) s += A[p]! * B[x]!;
    C[c + j] = Math.max(s, low);
  }
}

/** One row, eight columns at a time; B's rows are dense. */
export function rowProduct(
  n: number,
  k: number,
  C: Float32Array,
  c: number,
  A: Float32Array,
  a: number,
  ak: number,
  B: Float32Array,
  b: number,
  bk: number,
  D: Float32Array,
  d: number,
  ds: number,
  low: number,
): void {
  const end = a + k * ak;
  let j = 0;
  for (; j + 8 <= n; j += 8, d += 8 * ds) {
    let s0 = D[d]!;
    let s1 = D[d + ds]!;
    let s2 = D[d + 2 * ds]!;
    let s3 = D[d + 3 * ds]!;
    let s4 = D[d + 4 * ds]!;
    let s5 = D[d + 5 * ds]!;
    let s6 = D[d + 6 * ds]!;
    let s7 = D[d + 7 * ds]!;
    for (let p = a, x = b + j; p !== end; p += ak, x += bk) {
      const v = A[p]!;
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
  if (j < n) columnsProduct(n - j, k, C, c + j, A, a, ak, B, b + j, bk, 1, D, d, ds, low);
}

/** One row, four columns at a time, for any strides of B. */
export function stridedRowProduct(
  n: number,
  k: number,
  C: Float32Array,
  c: number,
  A: Float32Array,
  a: number,
  ak: number,
  B: Float32Array,
  b: number,
  bk: number,
  bj: number,
  D: Float32Array,
  d: number,
  ds: number,
  low: number,
): void {
  const end = a + k * ak;
  let j = 0;
  for (; j + 4 <= n; j += 4, d += 4 * ds) {
    let s0 = D[d]!;
    let s1 = D[d + ds]!;
    let s2 = D[d + 2 * ds]!;
    let s3 = D[d + 3 * ds]!;
    for (let p = a, x = b + j * bj; p !== end; p += ak, x += bk) {
      const v = A[p]!;
      s0 += v * B[x]!;
      s1 += v * B[x + bj]!;
      s2 += v * B[x + 2 * bj]!;
      s3 += v * B[x + 3 * bj]!;
    }
    const o = c + j;
    C[o] = Math.max(s0, low);
    C[o + 1] = Math.max(s1, low);
    C[o + 2] = Math.max(s2, low);
    C[o + 3] = Math.max(s3, low);
  }
  if (j < n) columnsProduct(n - j, k, C, c + j, A, a, ak, B, b + j * bj, bk, bj, D, d, ds, low);
}

/** Rows of A that are walked at once. */
export const TILE_ROWS = 4;

/** Rows of A side by side, entry by entry, in the precision of the sums. */
let gathered = new Float64Array(TILE_ROWS * 256);

/**
 * Four rows and two columns at a time, m a multiple of 4. The rows of A are widened once for all columns; more sums at
 * a time, or B's columns laid side by side first, gain nothing that lasts.
 */
function tilesProduct(
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
  bj: number,
  D: Float32Array,
  d: number,
  ds: number,
  low: number,
): void {
  const end = TILE_ROWS * k;
  if (gathered.length < end) gathered = new Float64Array(end);
  const G = gathered;
  for (let i = 0; i < m; i += 4) {
    const first = a + i * ai;
    for (let p = first, g = 0; g < end; p += ak, g += 4) {
      G[g] = A[p]!;
      G[g + 1] = A[p + ai]!;
      G[g + 2] = A[p + 2 * ai]!;
      G[g + 3] = A[p + 3 * ai]!;
    }
    const row = c + i * n;
    let j = 0;
    let e = d;
    for (; j + 2 <= n; j += 2, e += 2 * ds) {
      let s0 = D[e]!;
      let s1 = D[e + ds]!;
      let t0 = s0;
      let t1 = s1;
      let u0 = s0;
      let u1 = s1;
      let v0 = s0;
      let v1 = s1;
      // Sums of places are cut to 32 bits, which spares a look at whether they still fit.
      for (let g = 0, x = (b + j * bj) | 0; g !== end; g = (g + 4) | 0, x = (x + bk) | 0) {
        const a0 = G[g]!;
        const a1 = G[(g + 1) | 0]!;
        const a2 = G[(g + 2) | 0]!;
        const a3 = G[(g + 3) | 0]!;
        let w = B[x]!;
        s0 += a0 * w;
        t0 += a1 * w;
        u0 += a2 * w;
        v0 += a3 * w;
        w = B[(x + bj) | 0]!;
        s1 += a0 * w;
        t1 += a1 * w;
        u1 += a2 * w;
        v1 += a3 * w;
      }
      let o = row + j;
      C[o] = Math.max(s0, low);
      C[o + 1] = Math.max(s1, low);
      o += n;
      C[o] = Math.max(t0, low);
      C[o + 1] = Math.max(t1, low);
      o += n;
      C[o] = Math.max(u0, low);
      C[o + 1] = Math.max(u1, low);
      o += n;
      C[o] = Math.max(v0, low);
      C[o + 1] = Math.max(v1, low);
    }
    if (j < n)
      for (let r = 0; r < 4; r++)
        columnsProduct(1, k, C, row + r * n + j, A, first + r * ai, ak, B, b + j * bj, bk, bj, D, e, ds, low);
  }
}

/** C = A B + D, at least `low`. */
export function product(
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
  bj: number,
  D: Float32Array,
  d: number,
  ds: number,
  low: number,
): void {
  const tiled = n < 2 ? 0 : m - (m % TILE_ROWS);
  if (tiled > 0) tilesProduct(tiled, n, k, C, c, A, a, ai, ak, B, b, bk, bj, D, d, ds, low);
  for (let i = tiled; i < m; i++)
    if (bj === 1) rowProduct(n, k, C, c + i * n, A, a + i * ai, ak, B, b, bk, D, d, ds, low);
    else stridedRowProduct(n, k, C, c + i * n, A, a + i * ai, ak, B, b, bk, bj, D, d, ds, low);
}
