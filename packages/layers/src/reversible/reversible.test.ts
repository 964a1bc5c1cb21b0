import { add, chain, gradients, mul, optimise, reference, sum, traceProgram } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { coupling } from "../coupling/coupling.ts";
import { luLinear } from "../linear/lu-linear.ts";
import { mlp } from "../network/mlp.ts";
import { actNorm } from "../normalisation/act-norm.ts";
import { planar } from "../residual/planar.ts";
import { uniformDequantize } from "../surjection/uniform-dequantize.ts";
import { array, evaluate } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { normals, parametersOf } from "../testing/numbers.ts";
import { affine } from "../transformation/affine.ts";
import { reversible } from "./reversible.ts";

const step = (kept: "first" | "second") => [
  coupling({
    features: 3,
    kept,
    transformation: affine(),
    network: mlp({
      in: kept === "first" ? 2 : 1,
      out: kept === "first" ? 2 : 4,
      context: 2,
      hidden: [4],
      activation: "tanh",
    }),
  }),
  luLinear({ features: 3, permutation: [1, 2, 0] }),
  actNorm({ event: [3] }),
];
// A block that repeats, and one more step.
const layers = ["first", "second", "first", "second", "first"].flatMap((kept) => step(kept as "first" | "second"));

behaves("reversible", reversible({ layers }), { deviation: 0.3 });

describe("reversible", () => {
  for (const way of ["forward", "inverse"] as const)
    test(`has the gradients of chain, of parameters and inputs and context, ${way}`, async () => {
      const normal = normals(3);
      const input = array(Float64Array.from({ length: 12 }, normal), [4, 3]);
      const context = array(Float64Array.from({ length: 8 }, normal), [4, 2]);
      const given = async (layer: ReturnType<typeof chain>) => {
        const { graph } = traceProgram(
          layer,
          { mode: "train", inputs: { input: [4, 3] }, context: [4, 2] },
          ({ scope, inputs, flat }) => {
            const [value, logDet] = layer[way](scope, inputs["input"]!);
            const loss = add(sum(mul(value, value)), add(sum(value), sum(logDet)));
            const [params, x, c] = gradients(loss, [flat, inputs["input"]!, scope.context!]);
            return { params: params!, x: x!, c: c! };
          },
        );
        const run = await reference().compile(graph);
        const params = parametersOf(layer, 5, 0.4);
        return run.run({
          input,
          context,
          params: array(params, [params.length]),
          state: array(new Float64Array(5).fill(1), [5]),
        });
      };
      const [stored, again] = [await given(chain(layers)), await given(reversible({ layers }))];
      for (const name of ["params", "x", "c"])
        stored[name]!.data.forEach((v, i) => void expect(again[name]!.data[i]).toBeCloseTo(v, 9));
    });

  test("makes a program that does not grow with the number of equal steps", () => {
    const size = (count: number): number => {
      const layer = reversible({
        layers: Array.from({ length: count }, () => [...step("first"), ...step("second")]).flat(),
      });
      const { graph } = traceProgram(
        layer,
        { mode: "train", inputs: { x: [4, 3] }, context: [4, 2] },
        ({ scope, inputs, flat }) => {
          const [value, logDet] = layer.inverse(scope, inputs["x"]!);
          return { gradient: gradients(add(sum(mul(value, value)), sum(logDet)), [flat])[0]! };
        },
      );
      return optimise(graph).nodes.length;
    };
    expect(size(9)).toBe(size(3));
  });

  test("starts from data as chain does", async () => {
    const data = array(Float64Array.from({ length: 60 }, normals(9)), [20, 3]);
    const context = array(new Float64Array(40), [20, 2]);
    const started = (layer: ReturnType<typeof chain>) =>
      evaluate(layer, "inverse", data, { params: parametersOf(layer, 5, 0.1), context, mode: "init" }, ({ value }) => ({
        value,
      }));
    expect(await started(reversible({ layers }))).toEqual(await started(chain(layers)));
  });

  test("refuses layers that it cannot invert exactly and cheaply, and second derivatives", async () => {
    expect(() => reversible({ layers: [uniformDequantize({ event: [2] })] })).toThrow(
      "layer 1 (uniform-dequantize) is no bijection",
    );
    expect(() => reversible({ layers: [actNorm({ event: [2] }), planar({ features: 2 })] })).toThrow(
      "layer 2 (planar) is inverted by a search",
    );
    const layer = reversible({ layers: [actNorm({ event: [2] })] });
    await expect(
      evaluate(layer, "forward", array([1, 2], [1, 2]), { params: new Float64Array(4) }, ({ value, input }) => {
        const [slope] = gradients(sum(value), [input]);
        return { second: gradients(sum(slope!), [input])[0]! };
      }),
    ).rejects.toThrow("its gradient has no gradient");
  });
});
