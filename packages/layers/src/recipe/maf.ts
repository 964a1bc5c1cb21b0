/**
 * The masked and the inverse autoregressive flow.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, invert, standardNormal, type Transformation } from "@normflow/core";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";
import { reversed } from "../linear/permute.ts";
import type { Activation } from "../network/activation.ts";
import { actNorm } from "../normalisation/act-norm.ts";
import { affine } from "../transformation/affine.ts";

/** Sizes of a stack of autoregressive layers. */
export interface AutoregressiveStackOptions {
  /** Size D of an event. */
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Number of autoregressive layers; 5 unless told. */
  layers?: number | undefined;
  /** Widths of each network's hidden layers; [64, 64] unless told. */
  hidden?: number[] | undefined;
  activation?: Activation | undefined;
  /** Whether an ActNorm follows each layer; true unless told. */
  actNorm?: boolean | undefined;
}

/** Options of `maf` and `iaf`. */
export interface MafOptions extends AutoregressiveStackOptions {
  /** Largest |log-scale| of a layer; 2 unless told. */
  bound?: number | undefined;
}

/** Autoregressive layers over masked perceptrons, each seeing the features in the opposite order of the one before. */
export function autoregressiveStack(
  options: AutoregressiveStackOptions,
  transformation: Transformation,
  direction: (layer: Bijector) => Bijector = (layer) => layer,
): Flow {
  const { features, context, layers = 5, hidden = [64, 64], activation = "relu" } = options;
  const { parameters } = transformation;
  const block = (i: number): Bijector[] => {
    const conditioner = maskedMlp({ features, parameters, context, hidden, activation });
    const layer = direction(autoregressive({ transformation, conditioner }));
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
export const maf = (options: MafOptions): Flow => autoregressiveStack(options, affine({ bound: options.bound ?? 2 }));

/**
 * Makes an inverse autoregressive flow: the layers of `maf` turned round, so that sampling is one pass and the density
 * of given data one scan of D steps a layer.
 *
 * @see Kingma et al. 2016, Improving Variational Inference with Inverse Autoregressive Flow
 */
export const iaf = (options: MafOptions): Flow =>
  autoregressiveStack(options, affine({ bound: options.bound ?? 2 }), invert);
