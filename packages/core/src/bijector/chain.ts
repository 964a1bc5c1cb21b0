/**
 * Composition of bijectors.
 *
 * @module
 */

import { ShapeError } from "../error.ts";
import { sameShape, shapeText } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add } from "../ops/elementwise.ts";
import { type Bijector, defineLayer, type Mapped } from "./bijector.ts";
import { part } from "./described.ts";
import { addCosts, type Facts, fits, onePass } from "./facts.ts";
import * as z from "./schema.ts";
import type { Scope } from "./scope.ts";

const name = (layer: Bijector, i: number, side: "base" | "data"): string =>
  `layer ${i + 1} (${layer.kind}, event ${shapeText(layer.facts[side])})`;

/** Checks that each layer can follow the one before it, and sums up what is known of them all. */
function compose(layers: readonly Bijector[]): Facts {
  const [first] = layers;
  const last = layers.at(-1);
  if (!first || !last)
    throw new ShapeError("empty-chain", "chain: there is no layer in it.", {
      hint: "Give it a bijector: chain([affine, …]).",
    });
  let context: readonly number[] | undefined;
  let owner = 0;
  layers.forEach((layer, i) => {
    const before = layers[i - 1];
    if (before && !sameShape(before.facts.data, layer.facts.base)) {
      const same = before.facts.data.reduce((a, b) => a * b, 1) === layer.facts.base.reduce((a, b) => a * b, 1);
      throw new ShapeError(
        "chain-event",
        `chain: ${name(layer, i, "base")} cannot follow ${name(before, i - 1, "data")}${same ? `: reshape it first, reshapeEvent({ from: ${shapeText(before.facts.data)}, to: ${shapeText(layer.facts.base)} }).` : "."}`,
        {
          hint: same ? "The sizes agree, only the shapes differ." : "Give both the same event shape.",
        },
      );
    }
    if (before && !fits(before.facts.codomain, layer.facts.domain))
      throw new ShapeError(
        "chain-domain",
        `chain: ${name(layer, i, "base")} takes ${layer.facts.domain} values and cannot follow ${name(before, i - 1, "data")}, which gives ${before.facts.codomain} ones.`,
        {
          hint: `Put a layer between them that maps ${before.facts.codomain} to ${layer.facts.domain}.`,
        },
      );
    if (!layer.facts.context) return;
    if (context && !sameShape(context, layer.facts.context))
      throw new ShapeError(
        "chain-context",
        `chain: ${name(layer, i, "base")} conditions on a context ${shapeText(layer.facts.context)}, ${name(layers[owner]!, owner, "base")} on one of ${shapeText(context)}.`,
        {
          hint: "All layers of a flow see the same context.",
        },
      );
    [context, owner] = [layer.facts.context, i];
  });
  const all = (test: (f: Facts) => boolean): boolean => layers.every((l) => test(l.facts));
  const monotone = all((f) => f.monotone !== undefined)
    ? (layers.reduce<number>((sign, l) => sign * l.facts.monotone!, 1) as 1 | -1)
    : undefined;
  return {
    base: first.facts.base,
    data: last.facts.data,
    context,
    domain: first.facts.domain,
    codomain: last.facts.codomain,
    monotone,
    constantLogDet: all((f) => f.constantLogDet),
    exact: all((f) => f.exact),
    stochastic: {
      forward: !all((f) => !f.stochastic.forward),
      inverse: !all((f) => !f.stochastic.inverse),
    },
    cost: {
      forward: layers.reduce((cost, l) => addCosts(cost, l.facts.cost.forward), onePass),
      inverse: layers.reduce((cost, l) => addCosts(cost, l.facts.cost.inverse), onePass),
    },
  };
}

/** The kind behind `chain`, for lists of kinds. */
export const composed = defineLayer({
  kind: "chain",
  options: z.object({ layers: z.array(part<Bijector>("bijector")) }),
  facts: ({ layers }) => {
    const { monotone, cost, ...facts } = compose(layers);
    return { ...facts, ...(monotone === undefined ? {} : { monotone }), forward: cost.forward, inverse: cost.inverse };
  },
  params: ({ layers }) => ({ layers: layers.map((l) => l.params) }),
  state: ({ layers }) => ({ layers: layers.map((l) => l.state) }),
  forward: (_, z0, scope, { layers }) => run(layers, [...layers.keys()], scope, z0, "forward"),
  inverse: (_, x, scope, { layers }) => run(layers, [...layers.keys()].reverse(), scope, x, "inverse"),
});

function run(
  layers: readonly Bijector[],
  order: readonly number[],
  scope: Scope,
  value: Tensor,
  way: "forward" | "inverse",
): Mapped {
  let current = value;
  let total: Tensor | undefined;
  for (const i of order) {
    const [next, logDet] = layers[i]![way](scope.at("layers", i), current);
    current = next;
    total = total ? add(total, logDet) : logDet;
  }
  return [current, total!];
}

/**
 * Composes bijectors, x = f_K ∘ … ∘ f_1(z), listed from base to data: `chain([f1, …, fK])`.
 *
 * @throws {ShapeError} where a layer cannot follow the one before, naming both
 */
export const chain = (layers: readonly Bijector[]): Bijector => composed({ layers: [...layers] });
