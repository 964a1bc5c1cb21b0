/**
 * The residual flow.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, invert, standardNormal } from "@normflow/core";
import { actNorm } from "../normalisation/act-norm.ts";
import type { ContractiveActivation } from "../residual/lipschitz-mlp.ts";
import { residual } from "../residual/residual.ts";

/** Options of `residualFlow`. */
export interface ResidualFlowOptions {
  /** Size D of an event. */
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Number of residual layers; 8 unless told. */
  layers?: number | undefined;
  /** Widths of each network's hidden layers; [64, 64] unless told. */
  hidden?: number[] | undefined;
  /** A nonlinearity of slope at most 1; sin unless told. */
  activation?: ContractiveActivation | undefined;
  /** Largest spectral norm of each dense layer, below 1; .97 unless told. */
  coefficient?: number | undefined;
  /** The log-det while training: estimated without bias or exact; roulette unless told. */
  logDet?: "roulette" | "exact" | undefined;
}

/**
 * Makes a residual flow: contractions added to the event, `z = x + g(x)`, each after an ActNorm; event `[features]`.
 * Density is one pass (and D products for the log-det); sampling solves each layer by fixed-point iteration.
 *
 * @throws {OptionError} where the coefficient is not between 0 and 1
 * @see Chen et al. 2019, Residual Flows for Invertible Generative Modeling
 * @example residualFlow({ features: 2 })
 */
export function residualFlow({ features, layers = 8, ...options }: ResidualFlowOptions): Flow {
  const block = (): Bijector[] => [invert(residual({ features, ...options })), actNorm({ event: [features] })];
  return flow({
    base: standardNormal({ event: [features] }),
    bijector: chain(Array.from({ length: layers }, block).flat()),
  });
}
