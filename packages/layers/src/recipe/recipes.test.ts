import { type Bijector, fit, fromJSON, layoutOf, parseOptions, reference, toJSON } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { all } from "../all.ts";
import * as exported from "../index.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { normals } from "../testing/numbers.ts";
import { integral } from "../testing/quadrature.ts";
import { ffjord } from "./ffjord.ts";
import { iaf, maf } from "./maf.ts";
import { naf } from "./naf.ts";
import { nsf } from "./nsf.ts";
import { planarFlow } from "./planar-flow.ts";
import { realNVP } from "./real-nvp.ts";
import { imageRecipes, type Recipe, recipes } from "./recipes.ts";
import { residualFlow } from "./residual-flow.ts";
import { sylvester } from "./sylvester.ts";

const small = { layers: 3, hidden: [8], activation: "tanh" as const };

behaves("realNVP", realNVP({ features: 3, ...small }).bijector, { deviation: 0.3 });
behaves("realNVP with a context", realNVP({ features: 2, context: 2, actNorm: false, ...small }).bijector);
behaves("maf", maf({ features: 3, context: 1, ...small }).bijector, { deviation: 0.3 });
behaves("maf of one feature", maf({ features: 1, context: 1, ...small }).bijector);
behaves("iaf", iaf({ features: 3, ...small }).bijector, { deviation: 0.3 });
behaves("naf", naf({ features: 2, context: 1, ...small, units: 3 }).bijector, { deviation: 0.3 });
behaves("planarFlow", planarFlow({ features: 2, layers: 3, context: 1, hidden: [2], fast: "density" }).bijector);
behaves("sylvester", sylvester({ features: 2, layers: 2 }).bijector);
behaves("residualFlow", residualFlow({ features: 2, context: 1, layers: 2, hidden: [6], activation: "sin" }).bijector, {
  deviation: 0.5,
});
normalises("residualFlow", residualFlow({ features: 2, layers: 2, hidden: [6] }).bijector, {
  points: 100,
  box: 10,
  deviation: 0.2,
});
normalises("realNVP", realNVP({ features: 2, ...small }).bijector, { points: 150, box: 10, deviation: 0.2 });
normalises("maf", maf({ features: 2, ...small }).bijector, { points: 150, box: 10, deviation: 0.2 });
normalises("iaf", iaf({ features: 2, ...small }).bijector, { points: 150, box: 10, deviation: 0.2 });
describe("recipes", () => {
  test("go by the names of their exports", () => {
    for (const name of Object.keys({ ...recipes, ...imageRecipes })) expect(exported, name).toHaveProperty(name);
  });

  for (const [name, recipe] of Object.entries(recipes))
    test(`${name} goes into a file and comes back`, () => {
      const given = { features: 4, context: 2, categories: 3 };
      const { categories, ...sizes } = given;
      const made = name === "subsetFlow" ? recipes.subsetFlow.make(given) : (recipe as Recipe<object>).make(sizes);
      const json: unknown = JSON.parse(JSON.stringify(toJSON(made)));
      const again = fromJSON(json, all) as { readonly bijector: Bijector };
      expect(toJSON(again)).toEqual(json);
      expect(layoutOf(again.bijector.params).entries.map((e) => e.path)).toEqual(
        layoutOf(made.bijector.params).entries.map((e) => e.path),
      );
    });

  test("refuse one feature where they need two, and options that do not exist", () => {
    expect(() => realNVP({ features: 1 })).toThrow("of 1 feature, 1 stay and 0 change");
    expect(() => nsf({ features: 1, coupling: true })).toThrow("of 1 feature, 1 stay and 0 change");
    expect(() => parseOptions("maf", recipes.maf.options, { features: 2, depth: 3 })).toThrow("option depth");
  });

  test("give the fast direction that they promise", () => {
    expect(maf({ features: 5 }).bijector.facts.cost).toEqual({ forward: { passes: 5 }, inverse: { passes: 1 } });
    expect(iaf({ features: 5 }).bijector.facts.cost).toEqual({ forward: { passes: 1 }, inverse: { passes: 5 } });
    expect(naf({ features: 5 }).bijector.facts.cost).toEqual({ forward: { search: true }, inverse: { passes: 1 } });
    expect(planarFlow({ features: 5, fast: "density" }).bijector.facts.cost.inverse).toEqual({ passes: 1 });
    expect(sylvester({ features: 5 }).bijector.facts.cost.forward).toEqual({ passes: 1 });
    expect(residualFlow({ features: 5 }).bijector.facts.cost).toEqual({
      forward: { search: true },
      inverse: { passes: 1 },
    });
    expect(ffjord({ features: 5, solver: "rk4", steps: 8 }).bijector.facts.cost.forward).toEqual({ passes: 32 });
    expect(realNVP({ features: 5 }).bijector.facts.cost).toEqual({ forward: { passes: 1 }, inverse: { passes: 1 } });
  });
});

describe("naf", () => {
  /** Rows about (1.5, …) and (−1.5, …) in turn, deviation .1, and ln p of each: narrow heaps with nothing between them. */
  function heaps(features: number, rows: number, seed: number) {
    const normal = normals(seed);
    const noise = Float64Array.from({ length: rows * features }, normal);
    const sides = noise.map((_, i) => (Math.floor(i / features) % 2 === 0 ? 1.5 : -1.5));
    const logProb = Array.from({ length: rows }, (_, row) =>
      noise
        .subarray(row * features, (row + 1) * features)
        .reduce((total, e) => total - e ** 2 / 2 - Math.log(0.1 * Math.sqrt(2 * Math.PI)), -Math.LN2),
    );
    return { x: { data: noise.map((e, i) => sides[i]! + 0.1 * e), shape: [rows, features] }, logProb };
  }

  for (const features of [1, 2])
    test(`never claims more density than there is: trained on ${features} features`, async () => {
      const subject = naf({ features, layers: 2, hidden: [16], units: 6, activation: "tanh" });
      const settings = { backend: reference(), steps: 60, batch: 64, learningRate: 0.02, validation: 0 };
      const model = await fit(subject, { x: heaps(features, 400, 3).x }, settings);
      const weights = {
        params: Float64Array.from(model.weights.params),
        state: Float64Array.from(model.weights.state),
      };
      const total = await integral(subject.bijector, weights, { points: features === 1 ? 4000 : 200 });
      expect(Math.abs(total - 1), `the integral is ${total}`).toBeLessThan(2e-3);

      const fresh = heaps(features, 2000, 4);
      const { data } = await model.logProb(fresh.x);
      const excess = fresh.logProb.map((v, i) => v - data[i]!);
      const mean = excess.reduce((a, b) => a + b, 0) / excess.length;
      const error = Math.sqrt(excess.reduce((a, b) => a + (b - mean) ** 2, 0)) / excess.length;
      expect(mean).toBeGreaterThan(-3 * error);
      expect(mean).toBeLessThan(0.3);
    });
});

test("all kinds have names of their own", () => {
  expect(new Set(all.map((k) => k.kind)).size).toBe(all.length);
});
