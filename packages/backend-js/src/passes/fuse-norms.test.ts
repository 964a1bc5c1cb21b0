import { add, div, mean, mul, reference, sqrt, square, sub, type Tensor, trace } from "@normflow/core";
import { describe, expect, it } from "vitest";
import { js } from "../index.ts";
import { numbers } from "../testing/numbers.ts";
import { fuseNorms } from "./fuse-norms.ts";

const layerNorm = (x: Tensor, gain: Tensor, offset: Tensor): Tensor => {
  const centred = sub(x, mean(x, -1, true));
  return add(mul(div(centred, sqrt(add(mean(square(centred), -1, true), 1e-5))), gain), offset);
};
const graphOf = (body: (x: Tensor, gain: Tensor, offset: Tensor) => Record<string, Tensor>) =>
  trace({ x: [2, 3, 8], gain: [8], offset: [8] }, ({ x, gain, offset }) => body(x, gain, offset));

describe("fuseNorms", () => {
  it("takes a layer norm whole, and the backend computes it", async () => {
    const graph = graphOf((x, gain, offset) => ({ y: layerNorm(layerNorm(x, gain, offset), offset, gain) }));
    const { norms, absorbed } = fuseNorms(graph);
    expect([norms.size, absorbed.size]).toEqual([2, 20]);
    const vector = (seed: number) => ({ data: numbers(8, seed), shape: [8] });
    const inputs = { x: { data: numbers(48, 1), shape: [2, 3, 8] }, gain: vector(2), offset: vector(3) };
    const [actual, expected] = await Promise.all(
      [js(), reference()].map(async (b) => (await b.compile(graph)).run(inputs)),
    );
    expected!["y"]!.data.forEach((v, i) => void expect(actual!["y"]!.data[i]).toBeCloseTo(v, 5));
  });

  it("leaves what something else reads, and what is another sum", () => {
    expect(
      fuseNorms(
        graphOf((x, gain, offset) => {
          const centred = sub(x, mean(x, -1, true));
          const d = sqrt(add(mean(square(centred), -1, true), 1e-5));
          return { d, y: add(mul(div(centred, d), gain), offset) };
        }),
      ).norms.size,
    ).toBe(0);
    expect(
      fuseNorms(
        graphOf((x, gain, offset) => {
          const centred = sub(x, mean(x, 1, true));
          return { y: add(mul(div(centred, sqrt(add(mean(square(centred), 1, true), 1e-5))), gain), offset) };
        }),
      ).norms.size,
    ).toBe(0);
  });
});
