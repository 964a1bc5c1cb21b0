/**
 * Independent normal distributions that a context decides.
 *
 * @module
 */

import { type Kind, part, shape, size } from "../bijector/described.ts";
import { definePart, type Network } from "../bijector/parts.ts";
import * as z from "../bijector/schema.ts";
import type { Scope } from "../bijector/scope.ts";
import { ShapeError } from "../error.ts";
import { elements, type Shape, shapeText } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, exp, mul, neg, sub, tanh } from "../ops/elementwise.ts";
import { reshape, slice, squeezeAxis } from "../ops/layout.ts";
import { sum } from "../ops/reduce.ts";
import type { Base } from "./base.ts";
import { standardNormalLogProb } from "./standard-normal.ts";

/** Options of `conditionalNormal`. */
export interface ConditionalNormalOptions {
  event: number[];
  /** Size C of a context vector. */
  context: number;
  /** Maps a context [..., C] to mean and log-scale of each entry, [..., 2·D] for events of D entries. */
  network: Network;
}

/** |log-scale| stays below this, and is what the network gives near 0. */
const BOUND = 5;

/** Means and log-scales of the entries, laid over a batch. */
function moments(
  scope: Scope,
  batch: Shape,
  { event, network }: ConditionalNormalOptions,
): readonly [mean: Tensor, logScale: Tensor] {
  const given = scope.contextFor(batch, 1)!;
  const out = network.apply(scope.at("network"), given, undefined);
  const due = 2 * (elements(event) as number);
  if (out.shape.at(-1) !== due)
    throw new ShapeError(
      "base-network",
      `conditional-normal: ${network.kind} returned ${shapeText(out.shape)} where mean and log-scale of events ${shapeText(event)} want ${shapeText([...batch, due])}.`,
      { hint: `Give the network out: ${due}.` },
    );
  const both = reshape(out, [...batch, 2, ...event]);
  const half = (i: number): Tensor => squeezeAxis(slice(both, batch.length, i, 1), batch.length);
  return [half(0), mul(BOUND, tanh(div(half(1), BOUND)))];
}

/**
 * Independent normals whose means and deviations a network gives from the context: `z = μ(c) + e^{s(c)} ε`,
 * s bounded by 5 tanh(·/5). With a network that starts at zero it starts as a standard normal.
 *
 * @throws {ShapeError} `base-network` where the network gives another number of values, `base-context` where it wants a
 * context beside its input
 * @example conditionalNormal({ event: [2], context: 3, network: mlp({ in: 3, out: 4 }) })
 */
export const conditionalNormal: ((options: ConditionalNormalOptions) => Base) & Kind<Base> = definePart<
  ConditionalNormalOptions,
  Base
>({
  kind: "conditional-normal",
  options: z.object({ event: shape, context: size, network: part<Network>("network") }),
  build: (options) => {
    const { event, context, network } = options;
    if (network.context)
      throw new ShapeError(
        "base-context",
        `conditional-normal: ${network.kind} wants a context ${shapeText(network.context)} beside its input.`,
        { hint: `The context is its input: make it with in: ${context} and without a context.` },
      );
    return {
      role: "base",
      event,
      domain: "real",
      context: [context],
      params: { network: network.params },
      logProb(scope, x) {
        const [mean, logScale] = moments(scope, x.shape.slice(0, x.rank - event.length), options);
        const z = mul(sub(x, mean), exp(neg(logScale)));
        const total =
          event.length > 0
            ? sum(
                logScale,
                event.map((_, i) => -1 - i),
              )
            : logScale;
        return sub(standardNormalLogProb(z, event.length), total);
      },
      sample(scope, batch) {
        const [mean, logScale] = moments(scope, batch, options);
        return add(mean, mul(exp(logScale), scope.noise("base", { kind: "normal" }, [...batch, ...event])));
      },
    };
  },
});
