import { describe, expect, it } from "vitest";
import { hostArray } from "../backend.ts";
import { key, normal } from "../random/index.ts";
import { attributeDirection, interpolateLatents, moveAlong, nearestTypical } from "./latent.ts";

const rows = (...list: number[][]) => hostArray(Float64Array.from(list.flat()), [list.length, list[0]!.length]);
const lengths = ({ data }: { data: ArrayLike<number> }, width: number): number[] =>
  Array.from({ length: data.length / width }, (_, r) =>
    Math.hypot(...Array.from({ length: width }, (_, k) => data[r * width + k]!)),
  );

describe("a direction from labels", () => {
  const z = rows([0, 0], [2, 0], [5, 1], [7, 3]);

  it("is the difference of the means, and moves one mean onto the other", () => {
    const direction = attributeDirection(z, ["a", "a", "b", "b"], "a", "b");
    expect([...direction]).toEqual([5, 2]);
    expect([...moveAlong(rows([1, 0]), direction, 1).data]).toEqual([6, 2]);
    expect([...moveAlong(z, direction, 0).data]).toEqual([...z.data]);
  });

  it("wants as many labels as rows, each of them met, and its own space", () => {
    const code = (code: string) => expect.objectContaining({ code, hint: expect.any(String) });
    expect(() => attributeDirection(z, [1, 2], 1, 2)).toThrow(code("attribute-rows"));
    expect(() => attributeDirection(z, [1, 1, 1, 1], 1, 2)).toThrow(code("attribute-label"));
    expect(() => moveAlong(z, [1, 2, 3], 1)).toThrow(code("direction"));
  });
});

describe("the nearest typical latent", () => {
  const width = 64;
  const drawn = hostArray(normal(key(1), 1000 * width), [1000, width]);

  it("is the latent itself for most of what the base draws, within three deviations for all", () => {
    const kept = nearestTypical(drawn).data.filter((v, i) => i % width === 0 && v === drawn.data[i]).length;
    expect(kept / 1000).toBeCloseTo(0.683, 1);
    expect(kept).toBeLessThan(1000);
    const far = nearestTypical(drawn, { deviations: 3 }).data.filter((v, i) => v !== drawn.data[i]).length;
    expect(far / width).toBeLessThan(10);
  });

  it("lies on the same ray at the shell's edge where the latent does not", () => {
    const inside = rows(Array.from({ length: width }, (_, k) => (k % 2 === 0 ? 0.1 : -0.1)));
    const moved = nearestTypical(inside, { deviations: 0 });
    expect(lengths(moved, width)[0]).toBeCloseTo(lengths(drawn, width).reduce((a, b) => a + b, 0) / 1000, 1);
    expect(moved.data[1]! / moved.data[0]!).toBeCloseTo(-1, 12);
    const outside = moveAlong(inside, inside.data, 200);
    expect(lengths(nearestTypical(outside), width)[0]).toBeLessThan(9);
  });

  it("is not defined at 0, nor for a negative width", () => {
    const code = (code: string) => expect.objectContaining({ code, hint: expect.any(String) });
    expect(() => nearestTypical(rows([0, 0, 0, 0]))).toThrow(code("typical-zero"));
    expect(() => nearestTypical(drawn, { deviations: -1 })).toThrow(code("typical-deviations"));
  });
});

describe("the way between latents", () => {
  it("keeps the radius on the sphere and halves it straight", () => {
    const half = Math.SQRT1_2;
    expect([...interpolateLatents([1, 0], [0, 1], 3, "spherical")].map((v) => v.toFixed(9))).toEqual(
      [1, 0, half, half, 0, 1].map((v) => v.toFixed(9)),
    );
    expect([...interpolateLatents([1, 0], [0, 1], 3, "linear")]).toEqual([1, 0, 0.5, 0.5, 0, 1]);
  });

  it("refuses ends of different sizes", () => {
    expect(() => interpolateLatents([1], [1, 2], 3, "linear")).toThrow(
      expect.objectContaining({ code: "interpolate" }),
    );
  });
});
