/**
 * The Sylvester flow.
 *
 * @module
 */
import type { Flow } from "@normflow/core";
import { sylvesterLayer } from "../residual/sylvester.ts";
import { type BendStackOptions, bendStack } from "./bend-stack.ts";

/** Options of `sylvester`. */
export interface SylvesterOptions extends BendStackOptions {
  /** Directions that a layer bends, at most D; the smaller of D and 8 unless told. */
  rank?: number | undefined;
}

/**
 * Makes a Sylvester flow: 16 Sylvester layers, unless told otherwise, on a standard normal; event `[features]`.
 *
 * @see van den Berg, Hasenclever, Tomczak & Welling 2018, Sylvester Normalizing Flows for Variational Inference
 * @example sylvester({ features: 6, rank: 3 })
 */
export const sylvester = ({ layers = 16, rank, ...options }: SylvesterOptions): Flow => {
  const { features, context, hidden } = options;
  const layer = sylvesterLayer({ features, rank: rank ?? Math.min(features, 8), context, hidden });
  return bendStack(options, layers, layer);
};
