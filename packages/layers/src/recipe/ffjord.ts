/**
 * The continuous flow.
 *
 * @module
 */
import { type Flow, flow, standardNormal } from "@normflow/core";
import { ffjordLayer } from "../continuous/ffjord.ts";
import type { Activation } from "../network/activation.ts";
import { mlp } from "../network/mlp.ts";

/** Options of `ffjord`. */
export interface FfjordOptions {
  /** Size D of an event. */
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Widths of the field's hidden layers; [128, 128, 128] unless told. */
  hidden?: number[] | undefined;
  /** Nonlinearity of the field, a smooth one; silu unless told. */
  activation?: Activation | undefined;
  /** Adaptive steps (dopri5) or equal ones (rk4); dopri5 unless told. */
  solver?: "dopri5" | "rk4" | undefined;
  /** Number of rk4's steps; 20 unless told. */
  steps?: number | undefined;
  /** Largest error of one of dopri5's steps; 1e-5 unless told. */
  tolerance?: number | undefined;
  /** The divergence while training by likelihood: exact, or estimated by one random product; exact unless told. */
  trace?: "exact" | "hutchinson" | undefined;
  /** Whether gradients are solved backwards in time; dopri5 always does, rk4 if told. */
  adjoint?: boolean | undefined;
}

/**
 * Makes a continuous flow from a standard normal along the field of one perceptron; event `[features]`. Both directions
 * solve a differential equation, the density with the field's exact divergence. Train it by `flowMatching()`, which solves
 * none, or by likelihood.
 *
 * @throws {OptionError} where dopri5 is to do without the adjoint
 * @see Grathwohl et al. 2019, FFJORD; Lipman et al. 2023, Flow Matching for Generative Modeling
 * @example ffjord({ features: 2, hidden: [64, 64] })
 */
export function ffjord({
  features,
  context,
  hidden = [128, 128, 128],
  activation = "silu",
  ...options
}: FfjordOptions): Flow {
  const field = mlp({ in: features + 1, out: features, context, hidden, activation });
  return flow({ base: standardNormal({ event: [features] }), bijector: ffjordLayer({ features, field, ...options }) });
}
