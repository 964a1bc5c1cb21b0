import { describe, expect, it } from "vitest";
import {
  add,
  type Graph,
  gradients,
  key,
  mul,
  optimise,
  pad,
  reference,
  reshape,
  slice,
  square,
  sum,
  type Tensor,
  tanh,
  trace,
  uniform,
} from "../index.ts";
import { joinParts } from "./join-parts.ts";

const count = (graph: Graph, op: string): number => graph.nodes.filter((n) => n.op === op).length;

async function expectSame(graph: Graph): Promise<void> {
  const inputs = Object.fromEntries(
    graph.inputs.map((t, i) => {
      const shape = t.shape as readonly number[];
      return [
        (t.node.params as { name: string }).name,
        {
          data: uniform(
            key(i),
            shape.reduce((a, b) => a * b, 1),
            { min: -2, max: 2 },
          ),
          shape,
        },
      ];
    }),
  );
  const [before, after] = await Promise.all([graph, joinParts(graph)].map((g) => reference().compile(g)));
  const [expected, actual] = [await before!.run(inputs), await after!.run(inputs)];
  for (const [name, { data, shape }] of Object.entries(expected)) {
    expect(actual[name]!.shape).toEqual(shape);
    data.forEach((v, i) => void expect(actual[name]!.data[i]).toBeCloseTo(v, 10));
  }
}

describe("joinParts", () => {
  it("makes one array of the gradient of a vector that was cut up", async () => {
    const graph = trace({ p: [20] }, ({ p }) => {
      const cut = [
        [2, 3],
        [11, 4],
        [5, 6],
        [16, 2],
      ] as const;
      const parts = cut.map(([at, n]) => sum(square(tanh(slice(p, 0, at, n)))));
      return {
        d: gradients(
          parts.reduce((a, b) => mul(a, b)),
          [p],
        )[0]!,
      };
    });
    expect(count(optimise(graph), "pad")).toBe(4);
    const joined = joinParts(optimise(graph));
    expect([count(joined, "pad"), count(joined, "concat")]).toEqual([0, 1]);
    await expectSame(graph);
  });

  it("keeps parts that overlap, other terms, and sums that something else reads", async () => {
    const part = (x: Tensor, at: number, n: number): Tensor => pad(slice(x, 0, at, n), 0, at, 6 - at - n);
    const graph = trace({ x: [6], y: [6], s: [] }, ({ x, y, s }) => {
      const early = add(part(x, 0, 2), part(y, 4, 2));
      return { early, all: add(add(add(part(x, 1, 3), early), add(y, part(y, 2, 1))), s) };
    });
    await expectSame(graph);
  });

  it("joins along any axis", async () => {
    const graph = trace({ x: [4, 6] }, ({ x }) => {
      const [a, b] = [slice(x, 1, 0, 2), slice(x, 1, 3, 3)];
      const [c, d] = [slice(x, 0, 0, 1), slice(x, 0, 2, 2)];
      const rows = mul(sum(square(c)), sum(tanh(reshape(d, [12]))));
      return { d: gradients(add(mul(sum(square(a)), sum(tanh(b))), rows), [x])[0]! };
    });
    expect(count(joinParts(optimise(graph)), "pad")).toBe(0);
    await expectSame(graph);
  });
});
