import { key, normal, uniform } from "@normflow/core";
import { describe, expect, it } from "vitest";
import { latticeOf } from "./lattice.ts";

const of = (n: number, value: (u: number, i: number) => number): Float64Array =>
  Float64Array.from(uniform(key(3), n), value);

describe("latticeOf", () => {
  it("finds whole numbers, tenths, and what was standardised afterwards", () => {
    expect(latticeOf(of(500, (u) => Math.floor(17 * u)))).toEqual({ step: 1, origin: 0 });
    expect(latticeOf(of(500, (u) => 3 + 0.1 * Math.floor(20 * u))).step).toBeCloseTo(0.1, 9);
    expect(latticeOf(of(500, (u) => (Math.floor(17 * u) - 8.03) / 4.71)).step).toBeCloseTo(1 / 4.71, 9);
    expect(latticeOf(of(500, (u) => Number(u < 0.1)))).toEqual({ step: 1, origin: 0 });
  });

  it("leaves continuous columns alone, also where a few values repeat", () => {
    expect(latticeOf(Float64Array.from(normal(key(4), 500))).step).toBe(0);
    expect(latticeOf(of(500, (u, i) => (i % 10 === 0 ? 0.5 : u))).step).toBe(0);
    expect(latticeOf(Float64Array.of(7, 7, 7)).step).toBe(0);
  });

  it("gives repeated values on no lattice one of their smaller gaps", () => {
    const { step } = latticeOf(of(500, (u) => Math.log(1 + Math.floor(20 * u))));
    expect(step).toBeGreaterThan(Math.log(20 / 19) - 1e-9);
    expect(step).toBeLessThan(0.1);
  });
});
