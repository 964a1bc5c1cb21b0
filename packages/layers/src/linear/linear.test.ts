import { describe, expect, test } from "vitest";
import { array, mapValues } from "../testing/evaluate.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { householder } from "./householder.ts";
import { luLinear } from "./lu-linear.ts";
import { permute, randomPermutation, reversed } from "./permute.ts";
import { rotation } from "./rotation.ts";

behaves("permute", permute({ permutation: [2, 0, 3, 1] }));
behaves("permute by a gather", permute({ permutation: [7, 2, 5, 0, 3, 6, 1, 4] }));
behaves("reversed", reversed(4));
behaves("permute of one", permute({ permutation: [0] }));
behaves("luLinear", luLinear({ features: 4 }));
behaves("luLinear with a permutation", luLinear({ features: 3, permutation: [2, 0, 1] }));
behaves("luLinear of one", luLinear({ features: 1 }));
behaves("householder", (features) => householder({ features }));
behaves("householder of fewer reflections", householder({ features: 4, reflections: 2 }));
behaves("rotation", (features) => rotation({ features }));
normalises("luLinear", luLinear({ features: 2 }), { points: 200 });

describe("permute", () => {
  test("takes entry i from place permutation[i]", async () => {
    const { value } = await mapValues(permute({ permutation: [2, 0, 1] }), "forward", array([5, 6, 7], [1, 3]), {
      params: new Float64Array(0),
    });
    expect(Array.from(value!)).toEqual([7, 5, 6]);
  });

  test("draws the same order for the same seed", () => {
    const [one, same, other] = [randomPermutation(20, 1), randomPermutation(20, 1), randomPermutation(20, 2)];
    expect(one.options).toEqual(same.options);
    expect(one.options).not.toEqual(other.options);
  });

  test("refuses what is no permutation", () => {
    expect(() => permute({ permutation: [0, 0, 1] })).toThrow("[0,0,1] does not name each of 0 to 2 once");
    expect(() => luLinear({ features: 2, permutation: [0] })).toThrow("lu-linear: [0] does not name");
  });
});

describe("rotation", () => {
  test("turns the plane by an angle, small or many turns wide", async () => {
    for (const angle of [1e-3, 1, -2.5, 40]) {
      const params = Float64Array.of(0, 0, angle, 0);
      const { value } = await mapValues(rotation({ features: 2 }), "forward", array([1, 0], [1, 2]), { params });
      expect(Array.from(value!)).toEqual([Math.cos(angle), Math.sin(angle)].map((v) => expect.closeTo(v, 11)));
    }
  });
});

describe("householder", () => {
  test("reflects along the first vector first, and not along zeros", async () => {
    const layer = householder({ features: 2, reflections: 3 });
    const params = Float64Array.of(1, 0, 0, 0, 3, 3);
    const { value } = await mapValues(layer, "forward", array([2, 5], [1, 2]), { params });
    // To (−2, 5), then across the diagonal's normal.
    expect(Array.from(value!)).toEqual([expect.closeTo(-5, 12), expect.closeTo(2, 12)]);
  });
});
