import { describe, expect, it } from "vitest";
import { Arena, Scope } from "./scope.ts";
import { broadcastView, isDense, reshapeView, Storage, sliceView, transposeView, wholeView } from "./view.ts";

const scope = new Scope(new Arena(), "run", 2);
const whole = (...shape: number[]) =>
  wholeView(
    new Storage(
      shape.reduce((a, b) => a * b, 1),
      scope,
    ),
    shape,
  );

describe("views", () => {
  it("reshape without moving where strides can say so", () => {
    const heads = transposeView(whole(2, 5, 4, 3), [0, 2, 1, 3]);
    expect(isDense(heads)).toBe(false);
    expect(reshapeView(heads, [2, 4, 1, 5, 3])).toMatchObject({ strides: [60, 3, 0, 12, 1] });
    expect(reshapeView(heads, [8, 5, 3])).toBeUndefined();
    const part = sliceView(whole(6, 8), 1, 2, 4);
    expect(reshapeView(part, [2, 3, 4])).toMatchObject({ offset: 2, strides: [24, 8, 1] });
    expect(reshapeView(part, [6, 2, 2])).toMatchObject({ strides: [8, 2, 1] });
    expect(reshapeView(part, [24])).toBeUndefined();
  });

  it("repeat axes by strides of 0", () => {
    const repeated = broadcastView(whole(3, 1), [2, 3, 4]);
    expect(repeated.strides).toEqual([0, 1, 0]);
    expect(reshapeView(repeated, [2, 3, 2, 2])).toMatchObject({ strides: [0, 1, 0, 0] });
  });
});
