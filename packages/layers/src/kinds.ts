/**
 * Every kind of this package, one line each: what is exported here can be imported by name and read from model files.
 *
 * @module
 */
export { type AutoregressiveOptions, autoregressive } from "./autoregressive/autoregressive.ts";
export { type MaskedMlpOptions, maskedMlp } from "./conditioner/masked-mlp.ts";
export { tokenTransformer } from "./conditioner/token-transformer.ts";
export { type FfjordOptions, ffjord } from "./continuous/ffjord.ts";
export { type CouplingOptions, coupling } from "./coupling/coupling.ts";
export { elementwiseAffine } from "./elementwise/elementwise-affine.ts";
export { type LeakyReluOptions, leakyRelu } from "./elementwise/leaky-relu.ts";
export { normalCdf } from "./elementwise/normal-cdf.ts";
export { rescale } from "./elementwise/rescale.ts";
export { type SigmoidOptions, sigmoid } from "./elementwise/sigmoid.ts";
export { tanh } from "./elementwise/tanh.ts";
export { type LuLinearOptions, luLinear } from "./linear/lu-linear.ts";
export { permute } from "./linear/permute.ts";
export { type MlpOptions, mlp } from "./network/mlp.ts";
export { actNorm } from "./normalisation/act-norm.ts";
export { planar } from "./residual/planar.ts";
export { type ResidualOptions, residual } from "./residual/residual.ts";
export { reshapeEvent } from "./surjection/reshape-event.ts";
export { type UniformDequantizeOptions, uniformDequantize } from "./surjection/uniform-dequantize.ts";
export { type AffineOptions, affine } from "./transformation/affine.ts";
export { type ByFeatureOptions, byFeature } from "./transformation/by-feature.ts";
export { type HistogramCdfOptions, histogramCdf } from "./transformation/histogram-cdf.ts";
export { invertedTransformation } from "./transformation/invert-transformation.ts";
export { type LogisticMixtureOptions, logisticMixture } from "./transformation/logistic-mixture.ts";
export { type MixtureCdfOptions, mixtureCdf } from "./transformation/mixture-cdf.ts";
export { type RationalQuadraticOptions, rationalQuadratic, type Tails } from "./transformation/rational-quadratic.ts";
