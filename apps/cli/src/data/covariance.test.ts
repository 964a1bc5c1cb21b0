import { key, normal } from "@normflow/core";
import { describe, expect, it } from "vitest";
import { shrunkCovariance } from "./covariance.ts";

describe("shrunkCovariance", () => {
  // x₁ = z₁, x₂ = .8 z₁ + .6 z₂.
  const rows = (n: number): Float64Array => {
    const z = normal(key(1), 2 * n);
    return Float64Array.from(z, (v, i) => (i % 2 === 0 ? v : 0.8 * z[i - 1]! + 0.6 * v));
  };

  it("is that of the rows where they are many, and nearer to the identity where they are few", () => {
    const [many, few] = [shrunkCovariance(rows(20_000), 2), shrunkCovariance(rows(8), 2)];
    expect(many[0]![0]).toBeCloseTo(1, 1);
    expect(many[1]![0]).toBeCloseTo(0.8, 1);
    const data = rows(8);
    const plain = Array.from({ length: 8 }, (_, r) => (data[2 * r]! * data[2 * r + 1]!) / 8).reduce((a, b) => a + b);
    expect(Math.abs(few[1]![0]!)).toBeLessThan(0.95 * Math.abs(plain));
    expect(few[0]![0]! * few[1]![1]!).toBeGreaterThan(few[1]![0]! ** 2);
  });

  it("has an inverse where there are more columns than rows", () => {
    const s = shrunkCovariance(Float64Array.from(normal(key(2), 60)), 20);
    expect(Math.min(...s.map((row) => row.at(-1)!))).toBeGreaterThan(0.1);
    expect(s).toHaveLength(20);
  });
});
