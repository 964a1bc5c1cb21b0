import { describe, expect, it } from "vitest";
import { standardNormalQuantile } from "../random/index.ts";
import { erf, erfc, normalCdf } from "./index.ts";

describe("the error function", () => {
  // Abramowitz & Stegun, table 7.1, and the expansions at the ends.
  it.each([
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [6, 1],
    [1e-20, 1.1283791670955127e-20],
  ])("erf(%f)", (x, y) => {
    expect(Math.abs(erf(x) - y)).toBeLessThanOrEqual(2e-15 * Math.abs(y));
    expect(erf(-x)).toBe(-erf(x));
  });

  it.each([
    [3, 2.209049699858544e-5],
    [5, 1.537459794428035e-12],
    [10, 2.088487583762545e-45],
    [26, 5.663192408856143e-296],
  ])("erfc(%f), where 1 − erf has no digits left", (x, y) => {
    expect(Math.abs(erfc(x) - y)).toBeLessThanOrEqual(1e-13 * y);
  });

  it("passes NaN and the infinities on", () => {
    expect(erf(Number.NaN)).toBeNaN();
    expect(erf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(erf(Number.NEGATIVE_INFINITY)).toBe(-1);
  });
});

describe("the normal distribution function", () => {
  it("is the inverse of the quantile", () => {
    for (let p = 0.001; p < 1; p += 0.001)
      expect(Math.abs(normalCdf(standardNormalQuantile(p)) - p)).toBeLessThan(1e-15);
    for (const p of [1e-5, 1e-20, 1e-100]) expect(normalCdf(standardNormalQuantile(p)) / p).toBeCloseTo(1, 11);
  });
});
