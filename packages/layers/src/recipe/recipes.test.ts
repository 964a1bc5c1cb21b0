import { type Bijector, fromJSON, layoutOf, toJSON } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { all } from "../all.ts";
import { behaves, normalises } from "../testing/harness.ts";
import { ffjordFlow } from "./ffjord-flow.ts";
import { iaf, maf } from "./maf.ts";
import { nsf } from "./nsf.ts";
import { realNVP } from "./real-nvp.ts";
import { recipes } from "./recipes.ts";
import { residualFlow } from "./residual-flow.ts";

const small = { layers: 3, hidden: [8], activation: "tanh" as const };

behaves("realNVP", realNVP({ features: 3, ...small }).bijector, { deviation: 0.3 });
behaves("realNVP with a context", realNVP({ features: 2, context: 2, actNorm: false, ...small }).bijector);
behaves("maf", maf({ features: 3, context: 1, ...small }).bijector, { deviation: 0.3 });
behaves("maf of one feature", maf({ features: 1, context: 1, ...small }).bijector);
behaves("iaf", iaf({ features: 3, ...small }).bijector, { deviation: 0.3 });
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
  for (const [name, recipe] of Object.entries(recipes))
    test(`${name} goes into a file and comes back`, () => {
      const made = recipe.make({ features: 4, context: 2 });
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
    expect(recipes.maf.options.safeParse({ features: 2, depth: 3 }).success).toBe(false);
  });

  test("give the fast direction that they promise", () => {
    expect(maf({ features: 5 }).bijector.facts.cost).toEqual({ forward: { passes: 5 }, inverse: { passes: 1 } });
    expect(iaf({ features: 5 }).bijector.facts.cost).toEqual({ forward: { passes: 1 }, inverse: { passes: 5 } });
    expect(residualFlow({ features: 5 }).bijector.facts.cost).toEqual({
      forward: { search: true },
      inverse: { passes: 1 },
    });
    expect(ffjordFlow({ features: 5, solver: "rk4", steps: 8 }).bijector.facts.cost.forward).toEqual({ passes: 32 });
    expect(realNVP({ features: 5 }).bijector.facts.cost).toEqual({ forward: { passes: 1 }, inverse: { passes: 1 } });
  });
});

test("all kinds have names of their own", () => {
  expect(new Set(all.map((k) => k.kind)).size).toBe(all.length);
});
