import { chain } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { subsetFlow } from "../recipe/subset-flow.ts";
import { array, mapValues } from "../testing/evaluate.ts";
import { levels } from "./levels.ts";

const none = { params: new Float64Array(0) };
const layer = levels({ values: [[-1, 0.5, 2, 1e6], [7], [10, 20]] });

describe("levels", () => {
  test("puts values for classes, and the nearest class for values", async () => {
    const classes = array([0, 0, 0, 1, 0, 1, 3, 0, 1], [3, 3]);
    const { value } = await mapValues(layer, "forward", classes, none);
    expect(Array.from(value!)).toEqual([-1, 7, 10, 0.5, 7, 20, 1e6, 7, 20]);
    const back = await mapValues(layer, "inverse", array(value!, [3, 3]), none);
    expect(Array.from(back["value"]!)).toEqual(Array.from(classes.data));
    expect(Array.from(back["logDet"]!)).toEqual([0, 0, 0]);
    const between = await mapValues(layer, "inverse", array([-9, -9, 14.9, 1.3, 99, 1e9], [2, 3]), none);
    expect(Array.from(between["value"]!)).toEqual([0, 0, 0, 2, 0, 1]);
  });

  test("follows what gives classes, and takes values that rise", () => {
    const { bijector } = subsetFlow({ features: 3, categories: [4, 1, 2], width: 8, blocks: 1 });
    expect(chain([bijector, layer]).facts).toMatchObject({ exact: true, data: [3] });
    expect(() => levels({ values: [[1], [2, 2]] })).toThrow("the values of feature 1 do not rise");
    expect(() => levels({ values: [] })).toThrow(expect.objectContaining({ code: "levels-order" }));
  });
});
