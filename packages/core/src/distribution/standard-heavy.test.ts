import { describe, expect, test } from "vitest";
import { traceProgram } from "../bijector/program.ts";
import { foldIn, key, uniform } from "../random/index.ts";
import { reference } from "../reference/backend.ts";
import type { Base } from "./base.ts";
import { standardCauchy, standardGumbel, standardLaplace, standardLogistic, studentT } from "./standard-heavy.ts";

/** ln p of points, or draws. */
async function run(base: Base, shape: readonly number[], points?: readonly number[]): Promise<ArrayLike<number>> {
  const batch = shape.slice(0, shape.length - base.event.length);
  const { graph, noises } = traceProgram(
    { params: {}, state: {} },
    { mode: "eval", inputs: points ? { x: shape } : {} },
    ({ scope, inputs }) => ({ result: points ? base.logProb(scope, inputs["x"]!) : base.sample(scope, batch) }),
  );
  const inputs = noises.map(({ name, shape: s }, i) => {
    const own = s as number[];
    return [
      name,
      {
        data: uniform(
          foldIn(key(5), i),
          own.reduce((a, b) => a * b, 1),
        ),
        shape: own,
      },
    ];
  });
  const { result } = await (await reference().compile(graph)).run({
    ...(points ? { x: { data: Float64Array.from(points), shape } } : {}),
    ...Object.fromEntries(inputs),
  });
  return result!.data;
}

const DRAWS = 20_000;
const cases = [
  ["standardLaplace", standardLaplace({ event: [] })],
  ["standardLogistic", standardLogistic({ event: [] })],
  ["standardGumbel", standardGumbel({ event: [] })],
  ["standardCauchy", standardCauchy({ event: [] })],
  ["studentT", studentT({ event: [], degrees: 2.5 })],
] as const;

describe.each(cases)("%s", (_, base) => {
  test("draws what its density says", async () => {
    const drawn = Float64Array.from(await run(base, [DRAWS])).sort();
    expect(drawn.every(Number.isFinite)).toBe(true);
    // The integral of the density between quantiles of the draws, by midpoints.
    const ends = [0.05, 0.25, 0.5, 0.75, 0.95].map((q) => drawn[Math.floor(q * DRAWS)]!);
    for (let i = 1; i < ends.length; i++) {
      const width = (ends[i]! - ends[i - 1]!) / 500;
      const points = Array.from({ length: 500 }, (__, k) => ends[i - 1]! + width * (k + 0.5));
      const logs = await run(base, [500], points);
      const mass = Array.from(logs, Math.exp).reduce((a, b) => a + b, 0) * width;
      expect(Math.abs(mass - [0.2, 0.25, 0.25, 0.2][i - 1]!)).toBeLessThan(0.015);
    }
  });

  test("has entries that add up", async () => {
    const event = [2, 2];
    const same = base.kind === "student-t" ? studentT({ event, degrees: 2.5 }) : byKind[base.kind]!({ event });
    const points = [0.3, -1, 4, -2];
    const entries = Array.from(await run(base, [4], points)).reduce((a, b) => a + b, 0);
    expect((await run(same, [1, 2, 2], points))[0]).toBeCloseTo(entries, 9);
    expect((await run(same, [3, 2, 2])).length).toBe(12);
  });
});

const byKind: Record<string, (options: { event: number[] }) => Base> = Object.fromEntries(
  [standardLaplace, standardLogistic, standardGumbel, standardCauchy].map((make) => [make.kind, make]),
);
