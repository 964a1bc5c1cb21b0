import { reference, trace } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { coupling } from "../coupling/coupling.ts";
import { array } from "../testing/evaluate.ts";
import { behaves } from "../testing/harness.ts";
import { affine } from "../transformation/affine.ts";
import { activations } from "./activation.ts";
import { mlp } from "./mlp.ts";

for (const name of ["gelu", "silu", "softplus", "sigmoid", "elu"] as const)
  behaves(
    `coupling with ${name}`,
    coupling({
      features: 3,
      kept: "first",
      transformation: affine(),
      network: mlp({ in: 2, out: 2, hidden: [5, 4], activation: name, zeroLast: false }),
    }),
  );

behaves(
  "autoregressive with relu",
  autoregressive({ transformation: affine(), conditioner: maskedMlp({ features: 3, parameters: 2, hidden: [9] }) }),
);

describe("mlp", () => {
  test("has the nonlinearities of their definitions", async () => {
    const points = [-2, -0.5, 0.3, 1.7];
    const logistic = (x: number) => 1 / (1 + Math.exp(-x));
    const expected: Partial<Record<keyof typeof activations, (x: number) => number>> = {
      elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
      silu: (x) => x * logistic(x),
      softplus: (x) => Math.log(1 + Math.exp(x)),
      relu: (x) => Math.max(x, 0),
    };
    for (const [name, f] of Object.entries(expected)) {
      const graph = trace({ x: [4] }, ({ x }) => ({ y: activations[name as keyof typeof activations](x) }));
      const executable = await reference().compile(graph);
      const { y } = await executable.run({ x: array(points, [4]) });
      points.forEach((p, i) => void expect(y!.data[i]).toBeCloseTo(f(p), 12));
    }
  });

  test("records the defaults that it was made with", () => {
    expect(mlp({ in: 1, out: 2 }).options).toEqual({
      in: 1,
      out: 2,
      hidden: [64, 64],
      activation: "relu",
      zeroLast: true,
    });
    expect(() => mlp({ in: 0, out: 2 })).toThrow("mlp: option in");
  });
});
