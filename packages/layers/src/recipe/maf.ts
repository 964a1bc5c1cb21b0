/**
 * The masked and the inverse autoregressive flow.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, invert, standardNormal } from "@normflow/core";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { reversed } from "../linear/permute.ts";
import type { Activation } from "../network/activation.ts";
import { actNorm } from "../normalisation/act-norm.ts";
import { affine } from "../transformation/affine.ts";

/** Options of `maf` and `iaf`. */
export interface MafOptions {
  /** Size D of an event. */
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Number of autoregressive layers; 5 unless told. */
  layers?: number | undefined;
  /** Widths of each network's hidden layers; [64, 64] unless told. */
  hidden?: number[] | undefined;
  activation?: Activation | undefined;
  /** Largest |log-scale| of a layer; 2 unless told. */
  bound?: number | undefined;
  /** Whether an ActNorm follows each layer; true unless told. */
  actNorm?: boolean | undefined;
}

/** Autoregressive layers, each seeing the features in the opposite order of the one before. */
function stack(options: MafOptions, direction: (layer: Bijector) => Bijector): Flow {
  const { features, context, layers = 5, hidden = [64, 64], activation = "relu", bound = 2 } = options;
  const block = (i: number): Bijector[] => {
    const conditioner = maskedMlp({ features, parameters: 2, context, hidden, activation });
    const layer = direction(autoregressive({ transformation: affine({ bound }), conditioner }));
    const turned = i === 0 ? [layer] : [reversed(features), layer];
    return options.actNorm === false ? turned : [...turned, actNorm({ event: [features] })];
  };
  return flow({
    base: standardNormal({ event: [features] }),
    bijector: chain(Array.from({ length: layers }, (_, i) => block(i)).flat()),
  });
}

/**
 * Makes a masked autoregressive flow: affine layers over masked perceptrons, the order of the features reversed between
 * them; event `[features]`. Density is one pass; sampling is one scan of D steps a layer.
 *
 * @see Papamakarios, Pavlakou & Murray 2017, Masked Autoregressive Flow for Density Estimation
 * @example maf({ features: 6, context: 2 })
 */
export const maf = (options: MafOptions): Flow => stack(options, (layer) => layer);

/**
 * Makes an inverse autoregressive flow: the layers of `maf` turned round, so that sampling is one pass and the density
 * of given data one scan of D steps a layer.
 *
 * @see Kingma et al. 2016, Improving Variational Inference with Inverse Autoregressive Flow
 */
export const iaf = (options: MafOptions): Flow => stack(options, invert);
