/**
 * Spectral norms by power iteration, whose vectors are state.
 *
 * @module
 */
import {
  div,
  dot,
  expandDims,
  greater,
  matmul,
  max,
  normalInit,
  type Parameter,
  type Scope,
  scan,
  select,
  sqrt,
  squeezeAxis,
  stopGradient,
  type Tensor,
} from "@normflow/core";

/** Norms up to this are those of no direction. */
const TINY = 1e-20;

/**
 * Iterations by mode: in training the vector follows a matrix that moves little from step to step; at the start it has
 * to be found; when the weights are a running average, the state is that of others and has to move over to them.
 */
const ITERATIONS = { train: 2, eval: 30, init: 200 } as const;

/** Up to as many iterations are written out, since a loop costs more than their few small products. */
const MOST_WRITTEN_OUT = 4;

const times = (matrix: Tensor, vector: Tensor, transposed = false): Tensor =>
  squeezeAxis(matmul(matrix, expandDims(vector, 1), { transposeA: transposed }), 1);

/** x / |x|, or what was there before where x is 0. */
function direction(x: Tensor, before: Tensor): Tensor {
  const norm = sqrt(max(dot(x, x), TINY ** 2));
  return select(greater(norm, TINY), div(x, norm), before);
}

function repeated(next: (u: Tensor) => Tensor, start: Tensor, count: number): Tensor {
  if (count <= MOST_WRITTEN_OUT) return Array.from({ length: count }).reduce<Tensor>((u) => next(u), start);
  const [[u]] = scan(([u1]) => [[next(u1!)], []], [start] as readonly Tensor[], [], { length: count });
  return u!;
}

/** The state that `spectralNorm` keeps of a matrix with so many rows: the left singular vector `u`, drawn at random. */
export const singularVector = (rows: number): { readonly u: Parameter } => ({ u: normalInit([rows], 1) });

/**
 * Estimates |W|₂ of W [m, n] as uᵀ W v from the state `u` of a scope, and moves it on by power iteration where the
 * program keeps state. The gradient is u vᵀ, that of the norm once the vectors have settled.
 *
 * @see Miyato et al. 2018, Spectral Normalization for Generative Adversarial Networks, section 2.1
 */
export function spectralNorm(scope: Scope, weight: Tensor): Tensor {
  const fixed = stopGradient(weight);
  const next = (u: Tensor): Tensor => direction(times(fixed, times(fixed, u, true)), u);
  const left = stopGradient(repeated(next, direction(scope.state("u"), scope.state("u")), ITERATIONS[scope.mode]));
  if (scope.mode !== "eval") scope.setState("u", left);
  const right = times(fixed, left, true);
  return dot(left, times(weight, stopGradient(direction(right, right))));
}
