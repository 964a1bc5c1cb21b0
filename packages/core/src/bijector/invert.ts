/**
 * Bijectors turned round.
 *
 * @module
 */

import { type Bijector, defineLayer } from "./bijector.ts";
import { part } from "./described.ts";
import { invertFacts } from "./facts.ts";
import * as z from "./schema.ts";

/** The kind behind `invert`, for lists of kinds. */
export const inverted = defineLayer({
  kind: "invert",
  options: z.object({ layer: part<Bijector>("bijector") }),
  facts: ({ layer }) => {
    const { monotone, cost, ...facts } = invertFacts(layer.facts);
    return { ...facts, ...(monotone === undefined ? {} : { monotone }), forward: cost.forward, inverse: cost.inverse };
  },
  params: ({ layer }) => ({ layer: layer.params }),
  state: ({ layer }) => ({ layer: layer.state }),
  forward: (_, z0, scope, { layer }) => layer.inverse(scope.at("layer"), z0),
  inverse: (_, x, scope, { layer }) => layer.forward(scope.at("layer"), x),
});

/** Swaps a bijector's directions: `invert(maf)` is an inverse autoregressive flow. */
export const invert = (layer: Bijector): Bijector => inverted({ layer });
