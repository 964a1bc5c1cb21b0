/**
 * A flow: a base distribution pushed through a bijector.
 *
 * @module
 */

import type { Bijector } from "../bijector/bijector.ts";
import { type Described, type Kind, part } from "../bijector/described.ts";
import { fits } from "../bijector/facts.ts";
import type { Parameters } from "../bijector/parameter.ts";
import { definePart } from "../bijector/parts.ts";
import * as z from "../bijector/schema.ts";
import type { Scope } from "../bijector/scope.ts";
import { ShapeError } from "../error.ts";
import { type Shape, sameShape, shapeText } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, neg } from "../ops/elementwise.ts";
import type { Base } from "./base.ts";

/** A distribution over events, described: no weights, no backend. */
export interface Flow extends Described {
  readonly role: "flow";
  readonly base: Base;
  readonly bijector: Bijector;
  /** Event shape of the data. */
  readonly event: readonly number[];
  /** Event shape of the context, or undefined for an unconditional flow. */
  readonly context: readonly number[] | undefined;
  readonly params: Parameters;
  readonly state: Parameters;
  /** ln p(x) = ln p_base(f⁻¹(x)) + log-det of f⁻¹, in nats: […batch, …event] → […batch]. */
  logProb(scope: Scope, x: Tensor): Tensor;
  /** Draws x = f(z) with its log-probability. */
  sample(scope: Scope, batch: Shape): readonly [x: Tensor, logProb: Tensor];
}

/** Options of a flow. */
export interface FlowOptions {
  base: Base;
  bijector: Bijector;
}

/**
 * Pushes a base distribution through a bijector.
 *
 * @throws {ShapeError} where the base does not have the event, domain or context that the bijector starts from
 */
export const flow: ((options: FlowOptions) => Flow) & Kind<Flow> = definePart<FlowOptions, Flow>({
  kind: "flow",
  options: z.object({ base: part<Base>("base"), bijector: part<Bijector>("bijector") }),
  build: ({ base, bijector }) => {
    const { facts } = bijector;
    if (!sameShape(base.event, facts.base))
      throw new ShapeError(
        "flow-event",
        `flow: ${bijector.kind} starts from events ${shapeText(facts.base)}, the base ${base.kind} has ${shapeText(base.event)}.`,
        {
          hint: `Give the base the event ${shapeText(facts.base)}.`,
        },
      );
    if (!fits(base.domain, facts.domain))
      throw new ShapeError(
        "flow-domain",
        `flow: ${bijector.kind} starts from ${facts.domain} values, the base ${base.kind} gives ${base.domain} ones.`,
        {
          hint: `Take a base of ${facts.domain} values, or put a layer from ${base.domain} to ${facts.domain} ones before ${bijector.kind}.`,
        },
      );
    if (base.context && facts.context && !sameShape(base.context, facts.context))
      throw new ShapeError(
        "flow-context",
        `flow: the base ${base.kind} conditions on ${shapeText(base.context)}, ${bijector.kind} on ${shapeText(facts.context)}.`,
        { hint: "The base and all layers of a flow see the same context: give both the same size." },
      );
    return {
      role: "flow",
      base,
      bijector,
      event: facts.data,
      context: facts.context ?? base.context,
      params: { base: base.params, bijector: bijector.params },
      state: { bijector: bijector.state },
      logProb: (scope, x) => {
        const [latent, logDet] = bijector.inverse(scope.at("bijector"), x);
        return add(base.logProb(scope.at("base"), latent), logDet);
      },
      sample: (scope, batch) => {
        const latent = base.sample(scope.at("base"), batch);
        const [x, logDet] = bijector.forward(scope.at("bijector"), latent);
        return [x, add(base.logProb(scope.at("base"), latent), neg(logDet))];
      },
    };
  },
});
