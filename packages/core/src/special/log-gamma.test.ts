import { expect, test } from "vitest";
import { logGamma } from "./log-gamma.ts";

test("ln Γ has the values of factorials, of halves and of the reflection formula", () => {
  let factorial = 0;
  for (let n = 1; n < 60; n++) {
    expect(Math.abs(logGamma(n) - factorial)).toBeLessThan(1e-14 * Math.max(1, factorial));
    factorial += Math.log(n);
  }
  expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 14);
  expect(logGamma(1e-8)).toBeCloseTo(-Math.log(1e-8) - 0.5772156649015329e-8, 13);
  for (const x of [0.1, 0.37, 0.9])
    expect(logGamma(x) + logGamma(1 - x)).toBeCloseTo(Math.log(Math.PI / Math.sin(Math.PI * x)), 13);
  expect([0, -1, Number.NaN].map(logGamma)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
