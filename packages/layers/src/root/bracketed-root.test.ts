import {
  abs,
  add,
  exp,
  type Graph,
  gradients,
  type HostArray,
  mul,
  neg,
  reference,
  square,
  sub,
  sum,
  symbol,
  type Tensor,
  trace,
} from "@normflow/core";
import { describe, expect, test } from "vitest";
import { array } from "../testing/evaluate.ts";
import { bracketedRoot } from "./bracketed-root.ts";

/** a·t³ + t = y for a ≥ 0. */
const cubic = (y: Tensor, a: Tensor): Tensor =>
  bracketedRoot({
    name: "cubic",
    residual: (t, [y1, a1]) => [sub(add(mul(a1!, mul(t, square(t))), t), y1!), add(mul(mul(3, a1!), square(t)), 1)],
    params: [y, a],
    low: neg(abs(y)),
    high: abs(y),
  });

async function run(graph: Graph, inputs: Record<string, HostArray>): Promise<Record<string, Float64Array>> {
  const outputs = await (await reference().compile(graph)).run(inputs);
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Float64Array.from(data)]));
}

const ys = [-1e9, -30, -2, -1e-7, 0, 1e-3, 0.4, 10, 5e4];

describe("bracketedRoot", () => {
  test("finds roots of any size to the last places", async () => {
    const graph = trace({ y: [ys.length], a: [] }, ({ y, a }) => ({ t: cubic(y, a) }));
    for (const a of [0, 1e-6, 2, 1e6]) {
      const { t } = await run(graph, { y: array(ys, [ys.length]), a: array([a], []) });
      ys.forEach((y, i) => {
        const error = a * t![i]! ** 3 + t![i]! - y;
        expect(Math.abs(error), `y = ${y}, a = ${a}`).toBeLessThanOrEqual(1e-14 * Math.abs(y));
      });
    }
  });

  test("finds a root where Newton's method alone would run away or crawl", async () => {
    // e^{20 t} = y from the middle of a wide bracket: Newton steps of 1/20 on the right, far leaps on the left.
    const graph = trace({ y: [3] }, ({ y }) => ({
      t: bracketedRoot({
        name: "exponential",
        residual: (t, [y1]) => [sub(exp(mul(20, t)), y1!), mul(20, exp(mul(20, t)))],
        params: [y],
        low: mul(y, -30),
        high: mul(y, 30),
      }),
    }));
    const { t } = await run(graph, { y: array([0.1, 1, 1.2], [3]) });
    [0.1, 1, 1.2].forEach((y, i) => void expect(t![i]).toBeCloseTo(Math.log(y) / 20, 14));
  });

  test("takes an empty batch, a bracket that is a point, and keeps NaN", async () => {
    const graph = trace({ y: [symbol("N")], a: [] }, ({ y, a }) => ({ t: cubic(y, a) }));
    const at = async (values: number[]) =>
      (await run(graph, { y: array(values, [values.length]), a: array([1], []) })).t;
    expect(await at([])).toHaveLength(0);
    expect(Array.from((await at([0, Number.NaN, 2]))!)).toEqual([0, Number.NaN, 1]);
  });

  test("has first and second derivatives of the implicit function, by y and by the parameter", async () => {
    const graph = trace({ y: [4], a: [] }, ({ y, a }) => {
      const [dy, da] = gradients(sum(cubic(y, a)), [y, a]) as [Tensor, Tensor];
      const [dyy, dya] = gradients(sum(dy), [y, a]) as [Tensor, Tensor];
      const [daa] = gradients(da, [a]) as [Tensor];
      return { dy, da, dyy, dya, daa };
    });
    const given = [-3, 0, 0.5, 7];
    const a = 0.7;
    const found = await run(graph, { y: array(given, [4]), a: array([a], []) });
    const roots = (
      await run(
        trace({ y: [4], a: [] }, ({ y, a: a1 }) => ({ t: cubic(y, a1) })),
        { y: array(given, [4]), a: array([a], []) },
      )
    ).t!;
    // With s = 1 + 3at²: dt/dy = 1/s, dt/da = −t³/s, and these once more by y and a.
    let [da, dya, daa] = [0, 0, 0];
    roots.forEach((t, i) => {
      const s = 1 + 3 * a * t * t;
      const ty = 1 / s;
      const ta = -(t ** 3) / s;
      expect(found["dy"]![i]).toBeCloseTo(ty, 12);
      expect(found["dyy"]![i]).toBeCloseTo((-6 * a * t * ty) / s ** 2, 12);
      da += ta;
      dya += -(3 * t * t + 6 * a * t * ta) / s ** 2;
      daa += (-3 * t * t * ta * s + t ** 3 * (3 * t * t + 6 * a * t * ta)) / s ** 2;
    });
    expect(found["da"]![0]).toBeCloseTo(da, 12);
    expect(found["dya"]![0]).toBeCloseTo(dya, 12);
    expect(found["daa"]![0]).toBeCloseTo(daa, 11);
  });

  test("refuses a gradient where the function reads past its parameters", () => {
    expect(() =>
      trace({ y: [2], a: [2] }, ({ y, a }) => {
        const t = bracketedRoot({
          name: "leaky",
          residual: (t1, [y1]) => [sub(mul(a, t1), y1!), a],
          params: [y],
          low: neg(abs(y)),
          high: abs(y),
        });
        return { g: gradients(sum(t), [y])[0]! };
      }),
    ).toThrow("leaky: its function reads values that are not among its parameters.");
  });
});
