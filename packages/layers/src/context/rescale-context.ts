/**
 * A layer that sees its context standardised.
 *
 * @module
 */
import { type Bijector, constant, defineLayer, div, OptionError, part, type Scope, sub, z } from "@normflow/core";

/** Options of `rescaleContext`. */
export interface RescaleContextOptions {
  /** What is mapped by; its context is a vector. */
  layer: Bijector;
  shift: number[];
  scale: number[];
}

const within = (scope: Scope, { shift, scale }: RescaleContextOptions): Scope =>
  scope.at("layer").withContext(scope.context && div(sub(scope.context, constant(shift)), constant(scale)));

/**
 * Lets a layer see `(c − shift) / scale` where the caller gives the context c, so that contexts stay in their own units.
 *
 * The numbers are options, not parameters: they are not trained, and the description carries them.
 *
 * @throws {OptionError} where the layer's context is no vector of that length, or a scale is 0
 * @example rescaleContext({ layer: maf({ features: 3, context: 1 }).bijector, shift: [20], scale: [5] })
 */
export const rescaleContext = defineLayer({
  kind: "rescale-context",
  options: z.object({
    layer: part<Bijector>("bijector"),
    shift: z.array(z.number()),
    scale: z.array(z.number()),
  }),
  facts: ({ layer, shift, scale }: RescaleContextOptions) => {
    const { context, monotone, cost, ...facts } = layer.facts;
    if (context?.length !== 1 || context[0] !== shift.length || shift.length !== scale.length)
      throw new OptionError(
        "rescale-context",
        `rescale-context: ${layer.kind} conditions on ${context ? `a context [${context}]` : "none"}; there are ${shift.length} shifts and ${scale.length} scales.`,
        { hint: "Give one shift and one scale for each number of the layer's context." },
      );
    if (scale.includes(0))
      throw new OptionError("rescale-zero", `rescale-context: the scale of number ${scale.indexOf(0)} is 0.`, {
        hint: "Leave constant numbers out of the context.",
      });
    return {
      ...facts,
      context,
      ...(monotone === undefined ? {} : { monotone }),
      forward: cost.forward,
      inverse: cost.inverse,
    };
  },
  params: ({ layer }) => ({ layer: layer.params }),
  state: ({ layer }) => ({ layer: layer.state }),
  forward: (_, base, scope, options) => options.layer.forward(within(scope, options), base),
  inverse: (_, x, scope, options) => options.layer.inverse(within(scope, options), x),
});
