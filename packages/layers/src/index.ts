/**
 * Flow layers, the parts they are made of, and flows put together from them.
 *
 * @module
 */
export { type AutoregressiveOptions, autoregressive } from "./autoregressive/autoregressive.ts";
export { type MaskedMlpOptions, maskedMlp } from "./conditioner/masked-mlp.ts";
export { tokenTransformer } from "./conditioner/token-transformer.ts";
export { type CouplingOptions, coupling } from "./coupling/coupling.ts";
export { elementwiseAffine } from "./elementwise/elementwise-affine.ts";
export { type LeakyReluOptions, leakyRelu } from "./elementwise/leaky-relu.ts";
export { normalCdf, normalQuantile } from "./elementwise/normal-cdf.ts";
export { rescale } from "./elementwise/rescale.ts";
export { type SigmoidOptions, sigmoid } from "./elementwise/sigmoid.ts";
export { tanh } from "./elementwise/tanh.ts";
export { type LuLinearOptions, luLinear } from "./linear/lu-linear.ts";
export { permute, randomPermutation, reversed } from "./linear/permute.ts";
export type { Activation } from "./network/activation.ts";
export { type MlpOptions, mlp } from "./network/mlp.ts";
export { actNorm } from "./normalisation/act-norm.ts";
export { iaf, type MafOptions, maf } from "./recipe/maf.ts";
export { type RealNVPOptions, realNVP } from "./recipe/real-nvp.ts";
export { type Recipe, recipes } from "./recipe/recipes.ts";
export { planar, planarDirection } from "./residual/planar.ts";
export { reshapeEvent } from "./surjection/reshape-event.ts";
export { type UniformDequantizeOptions, uniformDequantize } from "./surjection/uniform-dequantize.ts";
export { type AffineOptions, affine } from "./transformation/affine.ts";
export { CELL_END, type HistogramCdfOptions, histogramCdf, NO_CLASS } from "./transformation/histogram-cdf.ts";
export { invertedTransformation, invertTransformation } from "./transformation/invert-transformation.ts";
