/**
 * The planar flow.
 *
 * @module
 */
import type { Flow } from "@normflow/core";
import { planar } from "../residual/planar.ts";
import { type BendStackOptions, bendStack } from "./bend-stack.ts";

/** Options of `planarFlow`. */
export interface PlanarFlowOptions extends BendStackOptions {}

/**
 * Makes a planar flow: 32 planar layers, unless told otherwise, on a standard normal; event `[features]`.
 *
 * @see Rezende & Mohamed 2015, Variational Inference with Normalizing Flows
 * @example planarFlow({ features: 2, layers: 8 })
 */
export const planarFlow = ({ layers = 32, ...options }: PlanarFlowOptions): Flow => {
  const { features, context, hidden } = options;
  return bendStack(options, layers, planar({ features, context, hidden }));
};
