/**
 * Adam and AdamW as a traced update of one parameter vector.
 *
 * @module
 */
import type { Tensor } from "../graph/tensor.ts";
import { add, div, min, mul, sqrt, square, sub } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";

/** Settings of the optimiser. */
export interface OptimiserOptions {
  /** Decay of the first and second moment; (.9, .999). */
  readonly betas: readonly [number, number];
  /** Added to the root of the second moment; 1e-8. */
  readonly eps: number;
  /** Decoupled decay (AdamW) of every parameter; 0 is Adam. */
  readonly weightDecay: number;
  /** Largest joint gradient norm; undefined does not clip. */
  readonly clip: number | undefined;
}

/** The vectors that the optimiser carries from step to step. */
export interface Moments {
  readonly m: Tensor;
  readonly v: Tensor;
}

/** Scalars that depend on the step, computed on the host. */
export interface StepScalars {
  readonly learningRate: Tensor;
  /** 1 − β₁ᵗ and 1 − β₂ᵗ */
  readonly correction1: Tensor;
  readonly correction2: Tensor;
}

/**
 * One step: p ← p (1 − lr·decay) − lr · m̂ / (√v̂ + eps), after scaling the gradient by min(1, clip / (‖g‖ + 1e-6)).
 *
 * @see Kingma & Ba 2015, Adam; Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization
 */
export function adamStep(
  params: Tensor,
  gradient: Tensor,
  { m, v }: Moments,
  { learningRate, correction1, correction2 }: StepScalars,
  { betas: [beta1, beta2], eps, weightDecay, clip }: OptimiserOptions,
): { readonly params: Tensor; readonly m: Tensor; readonly v: Tensor; readonly norm: Tensor } {
  const norm = sqrt(sum(square(gradient)));
  const g = clip === undefined ? gradient : mul(gradient, min(1, div(clip, add(norm, 1e-6))));
  const m1 = add(mul(m, beta1), mul(g, 1 - beta1));
  const v1 = add(mul(v, beta2), mul(square(g), 1 - beta2));
  const direction = div(m1, add(sqrt(div(v1, correction2)), eps));
  const decayed = weightDecay === 0 ? params : mul(params, sub(1, mul(learningRate, weightDecay)));
  return { params: sub(decayed, mul(direction, div(learningRate, correction1))), m: m1, v: v1, norm };
}
