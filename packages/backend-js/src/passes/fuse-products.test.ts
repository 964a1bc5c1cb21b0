import { add, matmul, mul, reference, relu, type Tensor, trace } from "@normflow/core";
import { describe, expect, it } from "vitest";
import { js } from "../index.ts";
import { numbers } from "../testing/numbers.ts";
import { fuseProducts } from "./fuse-products.ts";

type Inputs = Readonly<Record<"x" | "w" | "b" | "full", Tensor>>;
const graphOf = (body: (t: Inputs) => Record<string, Tensor>) =>
  trace({ x: [3, 4], w: [4, 5], b: [5], full: [3, 5] }, body);
const fused = (body: (t: Inputs) => Record<string, Tensor>) =>
  [...fuseProducts(graphOf(body)).products.values()].map((p) => (p.relu ? "bias, relu" : "bias"));

describe("fuseProducts", () => {
  it("takes a row and a rectifier that only the product reads", () => {
    expect(fused(({ x, w, b }) => ({ y: relu(add(matmul(x, w), b)) }))).toEqual(["bias, relu"]);
    expect(fused(({ x, w, b }) => ({ y: mul(add(b, matmul(x, w)), 2) }))).toEqual(["bias"]);
  });

  it("leaves what something else reads, and what is no row", () => {
    expect(fused(({ x, w, full }) => ({ y: add(matmul(x, w), full) }))).toEqual([]);
    expect(
      fused(({ x, w, b }) => {
        const xw = matmul(x, w);
        return { xw, y: add(xw, b) };
      }),
    ).toEqual([]);
    expect(
      fused(({ x, w, b }) => {
        const y = add(matmul(x, w), b);
        return { y, z: relu(y) };
      }),
    ).toEqual(["bias"]);
  });

  it("keeps NaN and infinities of what zeros multiply", async () => {
    const graph = graphOf(({ x, w, b }) => ({ y: matmul(relu(x), w), z: relu(add(matmul(relu(x), w), b)) }));
    const w = numbers(20, 2);
    w[6] = Number.POSITIVE_INFINITY;
    w[12] = Number.NaN;
    const inputs = {
      x: { data: numbers(12, 1), shape: [3, 4] },
      w: { data: w, shape: [4, 5] },
      b: { data: numbers(5, 3), shape: [5] },
      full: { data: numbers(15, 4), shape: [3, 5] },
    };
    for (const resident of [[], ["w"]]) {
      const [ours, theirs] = [await js().compile(graph, { resident }), await reference().compile(graph, { resident })];
      for (const e of [ours, theirs]) if (resident.length > 0) await e.put({ w: inputs.w });
      const [actual, expected] = [await ours.run(inputs), await theirs.run(inputs)];
      for (const [name, { data }] of Object.entries(expected))
        data.forEach((v, i) => {
          const a = actual[name]!.data[i]!;
          expect(Object.is(a, v) || Math.abs(a - v) < 1e-5, `${name}[${i}]: ${a}, ${v}`).toBe(true);
        });
    }
  });
});
