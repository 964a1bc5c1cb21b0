/**
 * The bijector: a map from base to data and back, each way returning the value and its log-det together.
 *
 * @module
 */

import { ShapeError } from "../error.ts";
import { type Shape, sameShape, shapeText } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { broadcastTo } from "../ops/layout.ts";
import type { Tree } from "../tree.ts";
import { type Described, type Kind, parseOptions } from "./described.ts";
import { completeFacts, type Facts, type StatedFacts } from "./facts.ts";
import type { Parameters } from "./parameter.ts";
import type * as z from "./schema.ts";
import type { Scope } from "./scope.ts";

/** A value and the log-det of the map that gave it, of the batch's shape. */
export type Mapped = readonly [value: Tensor, logDet: Tensor];

/** A description of an invertible map; `forward` maps base to data. */
export interface Bijector extends Described {
  readonly role: "bijector";
  readonly facts: Facts;
  readonly params: Parameters;
  readonly state: Parameters;
  /** x = f(z) and log |det ∂x/∂z|. */
  forward(scope: Scope, z: Tensor): Mapped;
  /** z = f⁻¹(x) and log |det ∂z/∂x|. */
  inverse(scope: Scope, x: Tensor): Mapped;
}

/** The tensors that stand for declared parameters. */
export type Traced<P> = P extends readonly unknown[] | Record<string, unknown>
  ? { readonly [K in keyof P]: Traced<P[K]> }
  : Tensor;

/** What `defineLayer` takes: the words of the paper on the left, the code on the right. */
export interface LayerDefinition<O extends object, P extends Parameters> {
  readonly kind: string;
  readonly options: z.Schema<O>;
  /** Event shapes, domains and costs; throws an `OptionError` where options contradict each other. */
  facts(options: O): StatedFacts;
  /** The trained arrays by name; none unless told. */
  params?(options: O): P;
  /** Arrays that training changes but the gradient does not; none unless told. */
  state?(options: O): Parameters;
  /** x = f(z) and log |det ∂x/∂z| of the batch's shape. */
  forward(params: Traced<P>, z: Tensor, scope: Scope, options: O): Mapped;
  /** z = f⁻¹(x) and log |det ∂z/∂x| of the batch's shape. */
  inverse(params: Traced<P>, x: Tensor, scope: Scope, options: O): Mapped;
}

/** Checks an event against the facts and lays the log-det over the batch. */
function checked(kind: string, facts: Facts, from: "base" | "data", value: Tensor, map: () => Mapped): Mapped {
  const event = facts[from];
  const batch = value.shape.slice(0, value.rank - event.length);
  if (value.rank < event.length || !sameShape(value.shape.slice(batch.length), event))
    throw new ShapeError(
      "event-shape",
      `${kind} takes events ${shapeText(event)}, not a tensor of shape ${shapeText(value.shape)}.`,
      {
        hint: "The last axes are the event, the ones before are the batch.",
      },
    );
  const [result, logDet] = map();
  const to = facts[from === "base" ? "data" : "base"];
  if (!sameShape(result.shape, [...batch, ...to]))
    throw new ShapeError(
      "layer-result",
      `${kind} returned ${shapeText(result.shape)} where ${shapeText([...batch, ...to])} was due.`,
      { hint: "What a layer returns has the batch's axes, then the event that its facts state." },
    );
  return [result, laidOver(kind, logDet, batch)];
}

function laidOver(kind: string, logDet: Tensor, batch: Shape): Tensor {
  if (logDet.rank > batch.length)
    throw new ShapeError(
      "log-det-shape",
      `${kind} returned a log-det of shape ${shapeText(logDet.shape)} for a batch of ${shapeText(batch)}.`,
      {
        hint: "Sum it over the event's axes.",
      },
    );
  return broadcastTo(logDet, batch);
}

/**
 * Makes a factory of bijectors from a definition. Shapes are checked once here, not in each layer.
 *
 * @example
 * const double = defineLayer({
 *   kind: "double",
 *   options: z.object({ features: size }),
 *   facts: ({ features }) => ({ event: [features], constantLogDet: true }),
 *   forward: (_, z, __, { features }) => [mul(z, 2), constant(features * Math.log(2))],
 *   inverse: (_, x, __, { features }) => [div(x, 2), constant(-features * Math.log(2))],
 * });
 */
export function defineLayer<O extends object, P extends Parameters = Record<never, never>>(
  definition: LayerDefinition<O, P>,
): ((options: O) => Bijector) & Kind<Bijector> {
  const { kind } = definition;
  const make = (given: O): Bijector => {
    const options = parseOptions(kind, definition.options, given);
    const facts = completeFacts(definition.facts(options));
    const own = (scope: Scope): Traced<P> => scope.params as Tree<Tensor> as Traced<P>;
    return {
      role: "bijector",
      kind,
      options,
      facts,
      params: definition.params?.(options) ?? {},
      state: definition.state?.(options) ?? {},
      forward: (scope, z) => checked(kind, facts, "base", z, () => definition.forward(own(scope), z, scope, options)),
      inverse: (scope, x) => checked(kind, facts, "data", x, () => definition.inverse(own(scope), x, scope, options)),
    };
  };
  return Object.assign(make, { kind }) as ((options: O) => Bijector) & Kind<Bijector>;
}
