import { expect, test } from "vitest";
import { luLinear } from "../linear/lu-linear.ts";
import { actNorm } from "../normalisation/act-norm.ts";
import { blocksOf } from "./blocks.ts";

const a = (permutation: number[]) => luLinear({ features: permutation.length, permutation });
const b = actNorm({ event: [3] });

test("finds what repeats, whatever the permutations, and leaves the rest one by one", () => {
  expect(blocksOf([a([0, 1, 2]), b, a([2, 0, 1]), b, a([1, 0, 2])])).toEqual([
    { start: 0, period: 2, times: 2 },
    { start: 4, period: 1, times: 1 },
  ]);
  expect(blocksOf([b, b, b, b])).toEqual([{ start: 0, period: 1, times: 4 }]);
  expect(blocksOf([a([0, 1, 2]), b])).toEqual([
    { start: 0, period: 1, times: 1 },
    { start: 1, period: 1, times: 1 },
  ]);
});
