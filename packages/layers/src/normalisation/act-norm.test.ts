import { describe, expect, test } from "vitest";
import { array, evaluate, mapValues, type Way } from "../testing/evaluate.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { valuesOf } from "../testing/numbers.ts";
import { actNorm } from "./act-norm.ts";

behaves("actNorm", actNorm({ event: [3] }));
behaves("actNorm on images", actNorm({ event: [2, 2] }));
normalises("actNorm", actNorm({ event: [1] }));

describe("actNorm", () => {
  const layer = actNorm({ event: [2] });
  const data = array(
    valuesOf("real", 200, 1).map((v, i) => 5 * v + (i % 2)),
    [100, 2],
  );
  const init = (way: Way, initialised: number, input = data) =>
    evaluate(
      layer,
      way,
      input,
      { params: Float64Array.of(1, 2, 0.5, -0.5), state: Float64Array.of(initialised), mode: "init" },
      ({ value, logDet }) => ({ value, logDet }),
    );

  for (const way of ["forward", "inverse"] as const)
    test(`starts so that the first batch is standard, ${way}`, async () => {
      const { value, params, state } = await init(way, 0);
      for (const column of [0, 1]) {
        const entries = value!.filter((_, i) => i % 2 === column);
        const mean = entries.reduce((a, b) => a + b) / 100;
        expect(mean).toBeCloseTo(0, 10);
        expect(entries.reduce((a, b) => a + (b - mean) ** 2, 0) / 100).toBeCloseTo(1, 10);
      }
      expect(Array.from(state!)).toEqual([1]);
      const later = await mapValues(layer, way, data, { params: params!, state: state! });
      later.value!.forEach((v, i) => void expect(v).toBeCloseTo(value![i]!, 12));
    });

  test("keeps what it has once it has started", async () => {
    const { params, state } = await init("inverse", 1);
    expect([...params!, ...state!]).toEqual([1, 2, 0.5, -0.5, 1]);
  });

  test("leaves the scale of constant entries and of a batch of one alone", async () => {
    const { params } = await init("inverse", 0, array([3, 4], [1, 2]));
    expect(Array.from(params!)).toEqual([3, 4, 0, 0]);
  });

  test("wants a batch to start from", async () => {
    await expect(init("inverse", 0, array([3, 4], [2]))).rejects.toThrow("its first values come from a batch");
  });
});
