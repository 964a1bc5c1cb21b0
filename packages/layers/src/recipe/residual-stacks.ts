/**
 * Stacks of planar and of Sylvester layers.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, invert, standardNormal } from "@normflow/core";
import { planar } from "../residual/planar.ts";
import { sylvester } from "../residual/sylvester.ts";

/** What both take. */
interface StackOptions {
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

/** Options of `planarFlow`. */
export interface PlanarFlowOptions extends StackOptions {}

/** Options of `sylvesterFlow`. */
export interface SylvesterFlowOptions extends StackOptions {
  /** Directions that a layer bends, at most D; the smaller of D and 8 unless told. */
  rank?: number | undefined;
}

const stackOf = ({ features, fast = "sampling" }: StackOptions, layers: number, layer: Bijector): Flow =>
  flow({
    base: standardNormal({ event: [features] }),
    bijector: chain(Array.from({ length: layers }, () => (fast === "sampling" ? layer : invert(layer)))),
  });

/**
 * Makes a planar flow: 32 planar layers, unless told otherwise, on a standard normal; event `[features]`.
 *
 * @see Rezende & Mohamed 2015, Variational Inference with Normalizing Flows
 * @example planarFlow({ features: 2, layers: 8 })
 */
export const planarFlow = ({ layers = 32, ...options }: PlanarFlowOptions): Flow =>
  stackOf(options, layers, planar({ features: options.features, context: options.context, hidden: options.hidden }));

/**
 * Makes a Sylvester flow: 16 Sylvester layers, unless told otherwise, on a standard normal; event `[features]`.
 *
 * @see van den Berg, Hasenclever, Tomczak & Welling 2018, Sylvester Normalizing Flows for Variational Inference
 * @example sylvesterFlow({ features: 6, rank: 3 })
 */
export const sylvesterFlow = ({ layers = 16, rank, ...options }: SylvesterFlowOptions): Flow =>
  stackOf(
    options,
    layers,
    sylvester({
      features: options.features,
      rank: rank ?? Math.min(options.features, 8),
      context: options.context,
      hidden: options.hidden,
    }),
  );
