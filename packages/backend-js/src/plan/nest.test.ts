import { describe, expect, it } from "vitest";
import { collapse, nestOf, offsetTable } from "./nest.ts";
import { denseStrides } from "./view.ts";

describe("loops over operands", () => {
  it("join axes that all operands walk like one", () => {
    const shape = [2, 1, 3, 4];
    expect(collapse(shape, [denseStrides(shape), denseStrides(shape)])).toEqual({
      shape: [24],
      strides: [[1], [1]],
    });
    expect(collapse(shape, [denseStrides(shape), [0, 0, 0, 1]])).toEqual({
      shape: [6, 4],
      strides: [
        [4, 1],
        [0, 1],
      ],
    });
  });

  it("visit every entry once, whichever axis is the row", () => {
    for (const shape of [[], [1], [5], [3, 2], [100, 2], [2, 3, 4], [0, 3], [3, 0]]) {
      const { rows, n, starts, steps } = nestOf(shape, [denseStrides(shape)]);
      const seen: number[] = [];
      for (let r = 0; r < rows; r++) for (let i = 0; i < n; i++) seen.push(starts[0]![r]! + i * steps[0]!);
      const size = shape.reduce((a, b) => a * b, 1);
      expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    }
    const [dense, row] = [denseStrides([100, 2]), [1, 0]];
    expect(nestOf([100, 2], [dense, row])).toMatchObject({ rows: 2, n: 100, steps: [2, 1] });
  });

  it("tell the offset of each index", () => {
    expect([...offsetTable([2, 3], [10, 1])]).toEqual([0, 1, 2, 10, 11, 12]);
    expect([...offsetTable([], [])]).toEqual([0]);
    expect([...offsetTable([2, 0], [1, 1])]).toEqual([]);
  });
});
