import { describe, expect, it } from "vitest";
import { plot, ticks } from "./plot.ts";

describe("ticks", () => {
  it("are round numbers within the range", () => {
    expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks(39.4, 52.3, 6)).toEqual([40, 45, 50]);
    expect(ticks(3, 3, 5)).toEqual([3]);
  });
});

describe("plot", () => {
  it("draws each curve, and escapes its words", () => {
    const svg = plot("<loss> & more", "epoch", "bits", [
      {
        name: "train",
        points: [
          [0, 3],
          [1, 2],
          [2, Number.NaN],
        ],
      },
      { name: "valid", points: [[0, 4]] },
    ]);
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg).toContain("&#60;loss&#62; &#38; more");
    expect(svg).not.toContain("NaN");
  });

  it("draws nothing of nothing", () => expect(plot("t", "x", "y", [])).not.toMatch(/NaN|Infinity/));
});
