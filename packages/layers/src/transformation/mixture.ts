/**
 * Mixtures of one-dimensional densities, from what a network returns.
 *
 * @module
 */
import {
  add,
  constant,
  div,
  erf,
  exp,
  expandDims,
  logSigmoid,
  logSoftmax,
  logSumExp,
  mul,
  neg,
  slice,
  standardNormalLogProb,
  sub,
  sum,
  type Tensor,
} from "@normflow/core";
import { softClip } from "./soft-clip.ts";

/** Components, all […, K]: logarithms of weights, means, logarithms of scales. */
export type Mixture = readonly [logWeight: Tensor, mean: Tensor, logScale: Tensor];

/** Means move up to this from their start, far outside standardised data; scales up to 1000 times either way. */
export const MEAN_BOUND = 10;
export const LOG_SCALE_BOUND = Math.log(1000);

/** The scale of all components at the start. */
export const FIRST_SCALE = 0.5;

/**
 * Where components of scale ½ stand at the start: at quantiles of the logistic density of scale √3/2, so that logistic
 * ones together have the variance of one of scale 1. Were they all at 0, their gradients would be equal for ever.
 */
export const firstMeans = (components: number): number[] =>
  Array.from({ length: components }, (_, k) => {
    const u = (k + 0.5) / components;
    return (Math.sqrt(3) / 2) * Math.log(u / (1 - u));
  });

/** The mixture of θ […, 3K or more] = (weights, means, log-scales). */
export function mixtureOf(theta: Tensor, components: number): Mixture {
  const part = (i: number): Tensor => slice(theta, -1, i * components, components);
  return [
    logSoftmax(part(0), -1),
    add(softClip(part(1), MEAN_BOUND), constant(firstMeans(components))),
    add(softClip(part(2), LOG_SCALE_BOUND), Math.log(FIRST_SCALE)),
  ];
}

/** x […] in units of each component, […, K]. */
const standardised = (x: Tensor, mean: Tensor, logScale: Tensor): Tensor =>
  mul(sub(expandDims(x, -1), mean), exp(neg(logScale)));

/** ln F, ln(1 − F) and ln F′ of a mixture of logistic densities; logarithms throughout, so that no tail rounds away. */
export function logisticMixtureAt(
  [logWeight, mean, logScale]: Mixture,
  x: Tensor,
): { readonly logBelow: Tensor; readonly logAbove: Tensor; readonly logDensity: Tensor } {
  const s = standardised(x, mean, logScale);
  const lower = logSigmoid(s);
  const upper = sub(lower, s);
  return {
    logBelow: logSumExp(add(logWeight, lower), -1),
    logAbove: logSumExp(add(logWeight, upper), -1),
    logDensity: logSumExp(sub(add(logWeight, add(lower, upper)), logScale), -1),
  };
}

/** F and ln F′ of a mixture of normal densities. */
export function normalMixtureAt(
  [logWeight, mean, logScale]: Mixture,
  x: Tensor,
): { readonly below: Tensor; readonly logDensity: Tensor } {
  const s = standardised(x, mean, logScale);
  return {
    below: sum(mul(exp(logWeight), mul(0.5, add(1, erf(div(s, Math.SQRT2))))), -1),
    logDensity: logSumExp(sub(add(logWeight, standardNormalLogProb(s, 0)), logScale), -1),
  };
}
