/**
 * Maps of each entry that the context chooses.
 *
 * @module
 */
import {
  defineLayer,
  leading,
  type Network,
  part,
  reshape,
  type Scope,
  ShapeError,
  shape,
  shapeText,
  size,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { sumEvent } from "../layout/sum-event.ts";

/** Options of `contextAffine`. */
export interface ContextAffineOptions {
  event: number[];
  /** Size of the context vector. */
  context: number;
  transformation: Transformation;
  /** Maps the context vector, as its input, to the parameters of all entries. */
  network: Network;
}

function apply(
  way: "forward" | "inverse",
  x: Tensor,
  scope: Scope,
  { event, transformation, network }: ContextAffineOptions,
): readonly [Tensor, Tensor] {
  const batch = leading(x.shape, event.length);
  const theta = network.apply(scope.at("network"), scope.contextFor(batch, 1)!, undefined);
  const due = event.reduce((a, b) => a * b, 1) * transformation.parameters;
  if (theta.shape.at(-1) !== due)
    throw new ShapeError(
      "context-affine-network",
      `context-affine: ${network.kind} returned ${shapeText(theta.shape)} where the entries of ${shapeText(event)} with ${transformation.parameters} parameters each (${transformation.kind}) want ${shapeText([...batch, due])}.`,
      { hint: `Give the network out: ${due}.` },
    );
  const [value, logSlope] = transformation[way](reshape(theta, [...batch, ...event, transformation.parameters]), x);
  return [value, sumEvent(logSlope, event.length)];
}

/**
 * Maps each entry by what the context alone says, `xᵢ = t(zᵢ; θᵢ)`, θ = network(context). Over a standard normal it is a
 * base distribution with means and deviations for each class.
 *
 * @throws {ShapeError} where the network does not give the parameters of all entries
 * @example contextAffine({ event: [2], context: 10, transformation: affine(), network: mlp({ in: 10, out: 4, hidden: [] }) })
 */
export const contextAffine = defineLayer({
  kind: "context-affine",
  options: z.object({
    event: shape,
    context: size,
    transformation: part<Transformation>("transformation"),
    network: part<Network>("network"),
  }),
  facts: ({ event, context, transformation }: ContextAffineOptions) => ({
    event,
    context: [context],
    domain: transformation.domain,
    codomain: transformation.codomain,
  }),
  params: ({ network }) => ({ network: network.params }),
  forward: (_, base, scope, options) => apply("forward", base, scope, options),
  inverse: (_, x, scope, options) => apply("inverse", x, scope, options),
});
