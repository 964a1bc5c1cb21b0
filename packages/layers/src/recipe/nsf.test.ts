import { type Flow, reference, traceProgram } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array } from "../testing/evaluate.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { parametersOf, uniforms } from "../testing/numbers.ts";
import { nsf } from "./nsf.ts";

const small = { layers: 2, hidden: [8], bins: 4, activation: "tanh" as const };
const uniformsOf = (size: number, seed: number): Float64Array => {
  const next = uniforms(seed);
  return Float64Array.from({ length: size }, () => next());
};

behaves("nsf", nsf({ features: 3, ...small }).bijector);
behaves("nsf of one feature", nsf({ features: 1, context: 1, ...small }).bijector);
behaves("nsf of couplings", nsf({ features: 5, context: 2, coupling: true, ...small, layers: 4 }).bijector);
behaves("nsf of angles and lengths", nsf({ features: 3, circular: [0, 2], ...small }).bijector, {
  base: (size, seed) => uniformsOf(size, seed).map((u) => 6 * u - 3),
  circular: true,
});
const bent = { features: 2, bins: 4, bound: 3, layers: 2, hidden: [8], activation: "tanh" as const };
normalises("nsf", nsf(bent).bijector, { points: 150, box: 6, deviation: 0.2 });
normalises("nsf of couplings", nsf({ ...bent, coupling: true }).bijector, { points: 150, box: 6, deviation: 0.2 });

describe("nsf of angles", () => {
  const density = async (made: Flow, points: readonly number[][]): Promise<number[]> => {
    const params = parametersOf(made.bijector, 5, 0.1);
    const shape = [points.length, 2];
    const { graph } = traceProgram(made, { mode: "eval", inputs: { x: shape } }, ({ scope, inputs }) => ({
      logProb: made.logProb(scope, inputs["x"]!),
    }));
    const given = { params: array(params, [params.length]), x: array(points.flat(), shape) };
    return Array.from((await (await reference().compile(graph)).run(given))["logProb"]!.data);
  };

  for (const coupled of [false, true])
    test(`integrates to 1 on the cylinder and on the torus${coupled ? ", by couplings" : ""}`, async () => {
      for (const circular of [[0], [1], [0, 1]]) {
        const made = nsf({ features: 2, circular, bins: 4, bound: 3, layers: 2, hidden: [8], coupling: coupled });
        const half = [0, 1].map((i) => (circular.includes(i) ? Math.PI : 6));
        const n = 60;
        const at = (i: number, k: number): number => half[i]! * ((2 * k + 1) / n - 1);
        const points = Array.from({ length: n * n }, (_, k) => [at(0, Math.floor(k / n)), at(1, k % n)]);
        const total = (await density(made, points)).reduce((s, v) => s + Math.exp(v), 0);
        expect(total * ((2 * half[0]!) / n) * ((2 * half[1]!) / n)).toBeCloseTo(1, 2);
        expect((await density(made, [[0, 0]])).every(Number.isFinite)).toBe(true);
      }
    });

  test("is periodic in an angle", async () => {
    const made = nsf({ features: 2, circular: [1], bins: 4, layers: 1, hidden: [8] });
    const [a, b] = await density(made, [
      [0.4, -Math.PI + 1e-12],
      [0.4, Math.PI - 1e-12],
    ]);
    expect(a).toBeCloseTo(b!, 6);
  });

  test("refuses a feature that there is not", () => {
    expect(() => nsf({ features: 2, circular: [2] })).toThrow("circular [2] must name different features below 2");
  });
});
