/**
 * Stacks of one layer that bends space along a few directions.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, invert, standardNormal } from "@normflow/core";

/** What planar and Sylvester flows take. */
export interface BendStackOptions {
  /** Size D of an event. */
  features: number;
  /** Size of a context vector, which moves every layer's parameters by a perceptron. */
  context?: number | undefined;
  /** Widths of that perceptron; [64] unless told. */
  hidden?: number[] | undefined;
  /** Number of layers. */
  layers?: number | undefined;
  /** The direction that is one pass, the other is a search: "sampling", as variational inference wants it, unless told. */
  fast?: "sampling" | "density" | undefined;
}

/** So many layers on a standard normal, turned round where the density shall be the pass. */
export const bendStack = ({ features, fast = "sampling" }: BendStackOptions, layers: number, layer: Bijector): Flow =>
  flow({
    base: standardNormal({ event: [features] }),
    bijector: chain(Array.from({ length: layers }, () => (fast === "sampling" ? layer : invert(layer)))),
  });
