/**
 * The RealNVP recipe.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, standardNormal } from "@normflow/core";
import { coupling, halves } from "../coupling/coupling.ts";
import type { Activation } from "../network/activation.ts";
import { mlp } from "../network/mlp.ts";
import { actNorm } from "../normalisation/act-norm.ts";
import { affine } from "../transformation/affine.ts";

/** Options of `realNVP`. */
export interface RealNVPOptions {
  /** Size D of an event; two at least. */
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Number of couplings; 8 unless told. */
  layers?: number | undefined;
  /** Widths of each network's hidden layers; [64, 64] unless told. */
  hidden?: number[] | undefined;
  activation?: Activation | undefined;
  /** Largest |log-scale| of a coupling; 2 unless told. */
  bound?: number | undefined;
  /** Whether an ActNorm follows each coupling; true unless told. */
  actNorm?: boolean | undefined;
}

/**
 * Makes RealNVP: affine couplings that keep the first and the second half in turn, from a standard normal; event
 * `[features]`. Sampling and density are one pass each.
 *
 * @throws {OptionError} where there is only one feature
 * @see Dinh, Sohl-Dickstein & Bengio 2017, Density Estimation Using Real NVP
 * @example realNVP({ features: 2 })
 */
export function realNVP({
  features,
  context,
  layers = 8,
  hidden = [64, 64],
  activation = "relu",
  bound = 2,
  actNorm: normalised = true,
}: RealNVPOptions): Flow {
  const block = (i: number): Bijector[] => {
    const kept = i % 2 === 0 ? "first" : "second";
    const [stays, changed] = halves(features, kept);
    const network = mlp({
      in: Math.max(1, stays.length),
      out: Math.max(1, 2 * changed.length),
      context,
      hidden,
      activation,
    });
    const layer = coupling({ features, kept, transformation: affine({ bound }), network });
    return normalised ? [layer, actNorm({ event: [features] })] : [layer];
  };
  return flow({
    base: standardNormal({ event: [features] }),
    bijector: chain(Array.from({ length: layers }, (_, i) => block(i)).flat()),
  });
}
