import { describe, expect, it } from "vitest";
import { numbers } from "../testing/numbers.ts";
import { product } from "./product.ts";
import { allFinite, sparseProduct } from "./sparse.ts";

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 18, 33];

/** Strides of a matrix that lies row by row, or column by column. */
const layouts = (rows: number, columns: number): [number, number][] => [
  [columns, 1],
  [1, rows],
];

describe("product", () => {
  it("is Σ aᵢₖ bₖⱼ + dⱼ, at least `low`, for every layout and every rest of the tiles", () => {
    let worst = 0;
    for (const m of SIZES)
      for (const n of SIZES)
        for (const k of [0, 1, 3, 8])
          for (const [ai, ak] of layouts(m, k))
            for (const [bk, bj] of layouts(k, n)) {
              const [A, B, D] = [numbers(m * k + 2, 1), numbers(k * n + 3, 2), numbers(n + 1, 3)];
              const C = new Float32Array(m * n + 1);
              product(m, n, k, C, 1, A, 2, ai, ak, B, 3, bk, bj, D, 1, 1, -1);
              for (let i = 0; i < m; i++)
                for (let j = 0; j < n; j++) {
                  let expected = D[1 + j]!;
                  for (let p = 0; p < k; p++) expected += A[2 + i * ai + p * ak]! * B[3 + p * bk + j * bj]!;
                  worst = Math.max(worst, Math.abs(C[1 + i * n + j]! - Math.max(expected, -1)));
                }
            }
    expect(worst).toBeLessThan(1e-5);
  });
});

describe("sparseProduct", () => {
  it("is the product, zeros of A skipped", () => {
    const [m, n, k] = [3, 19, 12];
    const A = numbers(m * k, 1).map((v) => (v > 0.5 ? v : 0));
    const [B, D] = [numbers(k * n, 2), numbers(n, 3)];
    const [C, expected] = [new Float32Array(m * n), new Float32Array(m * n)];
    sparseProduct(m, n, k, C, 0, A, 0, k, 1, B, 0, n, D, 0, 1, 0);
    product(m, n, k, expected, 0, A, 0, k, 1, B, 0, n, 1, D, 0, 1, 0);
    expect(C).toEqual(expected);
  });

  it("is only for matrices without NaN and infinities", () => {
    const B = numbers(12, 1);
    expect(allFinite(3, 4, B, 0, 4)).toBe(true);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      B[7] = bad;
      expect(allFinite(3, 4, B, 0, 4)).toBe(false);
      expect(allFinite(3, 3, B, 0, 4)).toBe(true);
    }
  });
});
