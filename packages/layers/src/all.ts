/**
 * Every built-in kind, for `load(bytes, { layers: all })`. Nothing else should import this: a bundle holds what it uses.
 *
 * @module
 */
import { composed, diagonalNormal, flow, inverted, type Kind, standardNormal, standardUniform } from "@normflow/core";
import { autoregressive } from "./autoregressive/autoregressive.ts";
import { maskedMlp } from "./conditioner/masked-mlp.ts";
import { tokenTransformer } from "./conditioner/token-transformer.ts";
import { coupling } from "./coupling/coupling.ts";
import { elementwiseAffine } from "./elementwise/elementwise-affine.ts";
import { leakyRelu } from "./elementwise/leaky-relu.ts";
import { normalCdf } from "./elementwise/normal-cdf.ts";
import { rescale } from "./elementwise/rescale.ts";
import { sigmoid } from "./elementwise/sigmoid.ts";
import { tanh } from "./elementwise/tanh.ts";
import { luLinear } from "./linear/lu-linear.ts";
import { permute } from "./linear/permute.ts";
import { mlp } from "./network/mlp.ts";
import { actNorm } from "./normalisation/act-norm.ts";
import { planar } from "./residual/planar.ts";
import { reshapeEvent } from "./surjection/reshape-event.ts";
import { uniformDequantize } from "./surjection/uniform-dequantize.ts";
import { affine } from "./transformation/affine.ts";
import { histogramCdf } from "./transformation/histogram-cdf.ts";
import { invertedTransformation } from "./transformation/invert-transformation.ts";

/** One line a kind, in alphabetical order within each group. */
export const all: readonly Kind[] = [
  // Flows and their bases
  diagonalNormal,
  flow,
  standardNormal,
  standardUniform,
  // Composition
  composed,
  inverted,
  // Layers
  actNorm,
  autoregressive,
  coupling,
  elementwiseAffine,
  leakyRelu,
  luLinear,
  normalCdf,
  permute,
  planar,
  rescale,
  reshapeEvent,
  sigmoid,
  tanh,
  uniformDequantize,
  // Transformations
  affine,
  histogramCdf,
  invertedTransformation,
  // Networks and conditioners
  maskedMlp,
  mlp,
  tokenTransformer,
];
