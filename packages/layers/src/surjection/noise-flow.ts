/**
 * Flows that draw the noise of stochastic layers.
 *
 * @module
 */
import { type Flow, OptionError, ShapeError, sameShape, shapeText } from "@normflow/core";

/** What a layer asks of the flow that draws its noise. */
export interface NoiseDemand {
  readonly event: readonly number[];
  /** Entries of the context that the layer gives it. */
  readonly context: number;
  readonly unit: boolean;
}

/**
 * Checks a noise flow, whose context begins with what the layer tells it.
 * @returns the context that is left over for the layer itself
 * @throws {ShapeError} `noise-event`, `noise-context`, `noise-domain`; {OptionError} `noise-bound` where its density is no density
 */
export function checkNoise(kind: string, noise: Flow, { event, context, unit }: NoiseDemand): number[] | undefined {
  if (!sameShape(noise.event, event))
    throw new ShapeError(
      "noise-event",
      `${kind}: the noise flow draws events ${shapeText(noise.event)} where ${shapeText(event)} are wanted.`,
      { hint: `Give the noise flow the event ${shapeText(event)}.` },
    );
  const given = noise.context;
  if (given?.length !== 1 || given[0]! < context)
    throw new ShapeError(
      "noise-context",
      `${kind}: the noise flow ${given ? `conditions on ${shapeText(given)}` : "has no context"} where it is told ${context} numbers of the event.`,
      { hint: `Give the noise flow a context [${context}], or a longer one whose rest is the layer's own context.` },
    );
  const { facts } = noise.bijector;
  if (unit && facts.codomain !== "unit")
    throw new ShapeError(
      "noise-domain",
      `${kind}: the noise flow ends in ${noise.bijector.kind}, which gives ${facts.codomain} values; a cell is filled from 0 to 1.`,
      { hint: "End it in sigmoid or normalCdf." },
    );
  if (!facts.exact)
    throw new OptionError(
      "noise-bound",
      `${kind}: the density of the noise flow is a bound, of which no bound can be made.`,
      {
        hint: "Leave dequantization out of the noise flow.",
      },
    );
  return given[0]! > context ? [given[0]! - context] : undefined;
}
