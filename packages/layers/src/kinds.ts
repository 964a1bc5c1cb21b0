/**
 * Every kind of this package, one line each: what is exported here can be imported by name and read from model files.
 *
 * @module
 */
export { type AutoregressiveOptions, autoregressive } from "./autoregressive/autoregressive.ts";
export { type TokenAutoregressiveOptions, tokenAutoregressive } from "./autoregressive/token-autoregressive.ts";
export { type MaskedMlpOptions, maskedMlp } from "./conditioner/masked-mlp.ts";
export { tokenTransformer } from "./conditioner/token-transformer.ts";
export { type RescaleContextOptions, rescaleContext } from "./context/rescale-context.ts";
export { type FfjordLayerOptions, ffjordLayer } from "./continuous/ffjord.ts";
export { type CouplingOptions, coupling } from "./coupling/coupling.ts";
export { elementwiseAffine } from "./elementwise/elementwise-affine.ts";
export { type LeakyReluOptions, leakyRelu } from "./elementwise/leaky-relu.ts";
export { normalCdf } from "./elementwise/normal-cdf.ts";
export { rescale } from "./elementwise/rescale.ts";
export { type SigmoidOptions, sigmoid } from "./elementwise/sigmoid.ts";
export { tanh } from "./elementwise/tanh.ts";
export { type ChannelCouplingOptions, channelCoupling } from "./image/channel-coupling.ts";
export { type ContextAffineOptions, contextAffine } from "./image/context-affine.ts";
export { type ConvNetOptions, convNet } from "./image/conv-net.ts";
export { type CropOptions, crop } from "./image/crop.ts";
export { type InvertibleConvOptions, invertibleConv } from "./image/invertible-conv.ts";
export { type SliceOptions, sliceChannels } from "./image/slice-channels.ts";
export { squeeze } from "./image/squeeze.ts";
export { patches } from "./layout/patches.ts";
export { type HouseholderOptions, householder } from "./linear/householder.ts";
export { type LuLinearOptions, luLinear } from "./linear/lu-linear.ts";
export { permute } from "./linear/permute.ts";
export { type RotationOptions, rotation } from "./linear/rotation.ts";
export { type UnwhitenOptions, unwhiten } from "./linear/unwhiten.ts";
export { type MlpOptions, mlp } from "./network/mlp.ts";
export { type ActNormOptions, actNorm } from "./normalisation/act-norm.ts";
export { type JitterOptions, jitter } from "./normalisation/jitter.ts";
export { type PlanarOptions, planar } from "./residual/planar.ts";
export { type RadialOptions, radial } from "./residual/radial.ts";
export { type ResidualOptions, residual } from "./residual/residual.ts";
export { type SylvesterLayerOptions, sylvesterLayer } from "./residual/sylvester.ts";
export { type ReversibleOptions, reversible } from "./reversible/reversible.ts";
export { type ArgmaxOptions, argmax } from "./surjection/argmax.ts";
export { type LatticeDequantizeOptions, latticeDequantize } from "./surjection/lattice-dequantize.ts";
export { type LevelsOptions, levels } from "./surjection/levels.ts";
export { reshapeEvent } from "./surjection/reshape-event.ts";
export { type UniformDequantizeOptions, uniformDequantize } from "./surjection/uniform-dequantize.ts";
export {
  type VariationalDequantizeOptions,
  variationalDequantize,
} from "./surjection/variational-dequantize.ts";
export { additive } from "./transformation/additive.ts";
export { type AffineOptions, affine } from "./transformation/affine.ts";
export { type ByFeatureOptions, byFeature } from "./transformation/by-feature.ts";
export { type CubicSplineOptions, cubicSpline } from "./transformation/cubic-spline.ts";
export { type DeepSigmoidOptions, deepSigmoid } from "./transformation/deep-sigmoid.ts";
export { gatedAffine } from "./transformation/gated-affine.ts";
export { type HistogramCdfOptions, histogramCdf } from "./transformation/histogram-cdf.ts";
export { invertedTransformation } from "./transformation/invert-transformation.ts";
export { type LogisticMixtureOptions, logisticMixture } from "./transformation/logistic-mixture.ts";
export { type MixtureCdfOptions, mixtureCdf } from "./transformation/mixture-cdf.ts";
export { type QuadraticSplineOptions, quadraticSpline } from "./transformation/quadratic-spline.ts";
export { type RationalQuadraticOptions, rationalQuadratic, type Tails } from "./transformation/rational-quadratic.ts";
