import { describe, expect, it } from "vitest";
import { auroc, averagePrecision } from "./ranking.ts";

const of = (text: string): boolean[] => [...text].map((c) => c === "+");

describe("ranking", () => {
  it("counts pairs in the right order, equal ones half", () => {
    expect(auroc([1, 2, 3, 4], of("--++"))).toBe(1);
    expect(auroc([4, 3, 2, 1], of("--++"))).toBe(0);
    expect(auroc([1, 1, 1], of("-+-"))).toBe(0.5);
    // Pairs (anomaly, other): (2, 1) right, (2, 2) half, (5, 1) and (5, 2) right.
    expect(auroc([1, 2, 2, 5], of("--++"))).toBe(3.5 / 4);
  });

  it("averages precision over the anomalies, from the highest score down", () => {
    expect(averagePrecision([4, 3, 2, 1], of("+-+-"))).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(averagePrecision([1, 1, 1, 1], of("+---"))).toBe(0.25);
    expect(averagePrecision([0.1, 0.4, 0.35, 0.8], of("--++"))).toBeCloseTo(0.8333333333, 9);
  });
});
