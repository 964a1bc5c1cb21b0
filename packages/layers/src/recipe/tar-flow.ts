/**
 * The transformer autoregressive flow.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, OptionError, standardNormal } from "@normflow/core";
import { tokenAutoregressive } from "../autoregressive/token-autoregressive.ts";
import { patches } from "../layout/patches.ts";
import { reshapeEvent } from "../surjection/reshape-event.ts";
import { affine } from "../transformation/affine.ts";

/** Options of `tarFlow`. */
export interface TarFlowOptions {
  /** Size D of a vector; in its place `event` for images. */
  features?: number | undefined;
  /** Shape [channels, height, width] of images. */
  event?: number[] | undefined;
  /** Entries of a token, or the side of a square patch of pixels; 1 unless told. */
  patch?: number | undefined;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Number of autoregressive layers, whose order alternates; 4 unless told. */
  layers?: number | undefined;
  /** Entries of an embedding; 64 unless told. */
  width?: number | undefined;
  /** Transformer blocks of each layer; 2 unless told. */
  blocks?: number | undefined;
  /** Heads of attention; 4 unless told. */
  heads?: number | undefined;
  /** Entries of a block's hidden layer; 4 · width unless told. */
  hidden?: number | undefined;
  /** Share of entries dropped while training; 0 unless told. */
  dropout?: number | undefined;
  /** Largest |log-scale| of a layer; 2 unless told. */
  bound?: number | undefined;
}

/** The layer from tokens to events, and the shape of both. */
function tokenised({ features, event, patch = 1 }: TarFlowOptions) {
  if ((features === undefined) === (event === undefined))
    throw new OptionError("tar-flow-event", "tarFlow: events are vectors of some features or images, one of the two.", {
      hint: "Give features: 6, or event: [channels, height, width].",
    });
  if (event) {
    const layer = patches({ event, patch });
    const [tokens, channels] = layer.facts.base as [number, number];
    return { tokens, channels, layer };
  }
  const tokens = features! / patch;
  if (!Number.isInteger(tokens))
    throw new OptionError("patch-size", `tarFlow: ${features} features are no whole number of tokens of ${patch}.`, {
      hint: "Choose a patch that divides the number of features; 1 always does.",
    });
  const layer = reshapeEvent({ from: [tokens, patch], to: [features!] });
  return { tokens, channels: patch, layer };
}

/**
 * Makes a transformer autoregressive flow: layers that shift and scale each token by what a causal transformer makes of
 * those before it, in alternating order; event `[features]`, or an image `[channels, height, width]` in patches.
 *
 * Density is one pass; sampling is one scan over the tokens a layer, with keys and values kept.
 *
 * @throws {OptionError} `tar-flow-event` without an event, `patch-size` where patches do not fill it
 * @see Zhai et al. 2024, Normalizing Flows are Capable Generative Models
 * @example tarFlow({ event: [1, 8, 8], patch: 2, layers: 2, width: 32 })
 */
export function tarFlow(options: TarFlowOptions): Flow {
  const {
    context,
    layers = 4,
    width = 64,
    blocks = 2,
    heads = 4,
    hidden = 4 * width,
    dropout = 0,
    bound = 2,
  } = options;
  const { tokens, channels, layer } = tokenised(options);
  const stack: Bijector[] = Array.from({ length: layers }, (_, i) =>
    tokenAutoregressive({
      tokens,
      channels,
      transformation: affine({ bound }),
      order: i % 2 === 0 ? "ascending" : "descending",
      context,
      width,
      blocks,
      heads,
      hidden,
      dropout,
    }),
  );
  return flow({
    base: standardNormal({ event: [tokens, channels] }),
    bijector: chain([...stack, layer]),
  });
}
