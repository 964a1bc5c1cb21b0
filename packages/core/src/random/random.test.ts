import { describe, expect, it } from "vitest";
import {
  bits,
  exactLog,
  foldIn,
  key,
  normal,
  permutation,
  randint,
  standardNormalQuantile,
  threefry,
  uniform,
} from "./index.ts";

describe("Threefry-2x32", () => {
  // The known answers that the generator's authors publish.
  it.each([
    [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
  ])("key %i %i, counter %i %i", (k0, k1, c0, c1, w0, w1) => {
    const out = new Uint32Array(2);
    threefry(k0, k1, c0, c1, out, 0);
    expect(Array.from(out)).toEqual([w0, w1]);
  });

  it("refuses a seed that is no whole number", () => {
    expect(() => key(-1)).toThrow("A seed is a whole number from 0");
    expect(() => key(0.5)).toThrow();
  });

  it("gives every stream and every seed numbers of its own", () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 50; seed++) for (let s = 0; s < 50; s++) seen.add(bits(foldIn(key(seed), s), 2).join());
    expect(seen.size).toBe(2500);
    expect(foldIn(key(1), 2)).not.toEqual(foldIn(key(2), 1));
  });
});

/** Largest distance of the empirical distribution from a CDF. */
const kolmogorov = (values: ArrayLike<number>, cdf: (x: number) => number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted.reduce((worst, v, i) => Math.max(worst, Math.abs(cdf(v) - (i + 0.5) / sorted.length)), 0);
};

describe("draws", () => {
  const n = 100_000;

  it("start with the shorter draw of the same key", () => {
    expect(Array.from(normal(key(3), 7))).toEqual(Array.from(normal(key(3), 20).subarray(0, 7)));
    expect(Array.from(uniform(key(3), 7))).toEqual(Array.from(uniform(key(3), 20).subarray(0, 7)));
  });

  it("are uniform within (0, 1), and the same numbers in float32 as in float64", () => {
    const u = uniform(key(1), n);
    expect(kolmogorov(u, (x) => x)).toBeLessThan(1.63 / Math.sqrt(n));
    expect(u.every((v) => v > 0 && v < 1 && Number.isInteger(v * 2 ** 25))).toBe(true);
  });

  it("are normal", () => {
    const z = normal(key(2), n);
    const mean = z.reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(0.012);
    expect(Math.abs(z.reduce((a, b) => a + b * b, 0) / n - 1)).toBeLessThan(0.015);
    expect(
      kolmogorov(
        z.map((v) => v),
        (x) => 0.5 * (1 + erfSeries(x / Math.SQRT2)),
      ),
    ).toBeLessThan(1.63 / Math.sqrt(n));
  });

  it("permute without favour", () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let i = 0; i < 8000; i++) permutation(foldIn(key(5), i), 4).forEach((v, at) => void counts[at]![v]!++);
    for (const row of counts) for (const c of row) expect(Math.abs(c - 2000)).toBeLessThan(160);
    expect(permutation(key(1), 0)).toHaveLength(0);
    expect(new Set(permutation(key(1), 1000)).size).toBe(1000);
  });

  it("stay within the bounds of whole numbers", () => {
    const values = randint(key(6), 10_000, -2, 3);
    expect(new Set(values)).toEqual(new Set([-2, -1, 0, 1, 2]));
  });
});

/** erf by its Taylor series, good enough below 4. */
function erfSeries(x: number): number {
  if (Math.abs(x) > 3.8) return Math.sign(x);
  let [term, total] = [x, x];
  for (let k = 1; k < 200; k++) {
    term *= (-x * x) / k;
    total += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

describe("the logarithm of the generator", () => {
  it("agrees with Math.log to two units of the last place", () => {
    for (const u of uniform(key(8), 20_000))
      for (const x of [u, u * 2 ** -20, 1 - u * 1e-6, u * 1e300]) {
        const expected = Math.log(x);
        expect(Math.abs(exactLog(x) - expected)).toBeLessThanOrEqual(5e-16 * Math.abs(expected) + 1e-22);
      }
  });
});

describe("the normal quantile", () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
    [1e-300, -37.0471],
  ])("at %f", (p, z) => {
    expect(standardNormalQuantile(p)).toBeCloseTo(z, p < 1e-100 ? 3 : 12);
  });
});
