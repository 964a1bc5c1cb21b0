import { describe, expect, test } from "vitest";
import { mlp } from "../network/mlp.ts";
import { array, jacobian } from "../testing/evaluate.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { parametersOf, valuesOf } from "../testing/numbers.ts";
import { affine } from "../transformation/affine.ts";
import { type CouplingOptions, coupling, halves } from "./coupling.ts";

function layer(features: number, kept: CouplingOptions["kept"], context?: number) {
  const [stays, changed] = halves(features, kept);
  const network = mlp({ in: stays.length, out: 2 * changed.length, context, hidden: [8], activation: "tanh" });
  return coupling({ features, kept, transformation: affine(), network });
}

behaves("coupling of halves", layer(5, "first"), { mask: (i, j) => i === j || (i >= 3 && j < 3) });
behaves("coupling of the second half", layer(4, "second", 2));
behaves("coupling of every other", layer(12, "even"));
behaves("coupling of odd places", layer(2, "odd", 1));
behaves("coupling of given features", layer(5, [3, 1]));
normalises("coupling", layer(2, "first"), { points: 200, deviation: 0.3 });

describe("coupling", () => {
  test("leaves the kept features exactly as they are", async () => {
    const made = layer(12, "even");
    const x = array(valuesOf("real", 12, 1), [1, 12]);
    const rows = await jacobian(made, "forward", x, { params: parametersOf(made, 2) });
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 12; j++)
        if (i % 2 === 0 || (j % 2 === 1 && i !== j)) expect(rows[i * 12 + j]).toBe(i === j ? 1 : 0);
  });

  test("says what is wrong with a split", () => {
    expect(() => layer(1, "first")).toThrow();
    const network = mlp({ in: 1, out: 2 });
    const make = (features: number, kept: CouplingOptions["kept"]) => () =>
      coupling({ features, kept, transformation: affine(), network });
    expect(make(1, "first")).toThrow("of 1 feature, 1 stay and 0 change");
    expect(make(2, [0, 1])).toThrow("of 2 features, 2 stay and 0 change");
    expect(make(2, [4])).toThrow("must name different features below 2");
  });

  test("names the output that the network should have", async () => {
    const wrong = coupling({ features: 4, kept: "first", transformation: affine(), network: mlp({ in: 2, out: 3 }) });
    await expect(
      jacobian(wrong, "forward", array([0, 0, 0, 0], [1, 4]), { params: parametersOf(wrong, 1) }),
    ).rejects.toThrow("2 features with 2 parameters each (affine) want [1, 4]");
  });
});
