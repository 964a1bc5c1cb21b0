import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { trace } from "../graph/builder.ts";
import { mul } from "../ops/elementwise.ts";
import { reference } from "../reference/backend.ts";
import { contractChecks } from "./contract.ts";
import { expectLikeReference, uniformValues } from "./index.ts";

describe("the contract of a backend", () => {
  it.each(contractChecks.map((c) => [c.name, c] as const))("%s: kept by the reference", async (_, { run }) => {
    await run(reference());
  });

  it("is broken by one that shares its memory, loses what it carries and never refuses", async () => {
    const careless: Backend = {
      ...reference(),
      async compile(graph, options) {
        const held = new Map<string, Awaited<ReturnType<typeof inner.get>>[string]>();
        const inner = await reference().compile(graph);
        return {
          run: async (inputs) => inner.run({ ...Object.fromEntries(held), ...inputs }),
          put: async (values) => void Object.entries(values).forEach(([k, v]) => void held.set(k, v)),
          get: async (names) => Object.fromEntries(names.map((n) => [n, held.get(n)!])),
          dispose: async () => void options,
        };
      },
    };
    const broken = await Promise.all(
      contractChecks.map(({ run }) =>
        run(careless).then(
          () => 0,
          () => 1,
        ),
      ),
    );
    expect(broken.reduce<number>((a, b) => a + b, 0)).toBeGreaterThanOrEqual(8);
  });
});

describe("expectLikeReference", () => {
  const graph = trace({ x: [2, 3] }, ({ x }) => ({ y: mul(x, 2) }));
  const inputs = { x: uniformValues([2, 3], -1, 1, 4) };

  it("names the entry that is furthest off", async () => {
    await expectLikeReference(reference(), graph, inputs);
    const wrong: Backend = {
      ...reference(),
      async compile(g, options) {
        const inner = await reference().compile(g, options);
        return {
          ...inner,
          async run(given) {
            const { y } = await inner.run(given);
            y!.data[4]! += 0.5;
            return { y: y! };
          },
        };
      },
    };
    await expect(expectLikeReference(wrong, graph, inputs)).rejects.toMatchObject({
      code: "differs",
      message: expect.stringContaining("y[4] is "),
    });
  });
});
