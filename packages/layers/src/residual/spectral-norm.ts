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
const ITERATIONS = { train: 4, eval: 30, init: 200 } as const;

const times = (matrix: Tensor, vector: Tensor, transposed = false): Tensor =>
  squeezeAxis(matmul(matrix, expandDims(vector, 1), { transposeA: transposed }), 1);

/** x / |x|, or what was there before where x is 0. */
function direction(x: Tensor, before: Tensor): Tensor {
  const norm = sqrt(max(dot(x, x), TINY ** 2));
  return select(greater(norm, TINY), div(x, norm), before);
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
  const start = direction(scope.state("u"), scope.state("u"));
  const [[u]] = scan(
    ([left]) => [[direction(times(fixed, times(fixed, left!, true)), left!)], []],
    [start] as readonly Tensor[],
    [],
    { length: ITERATIONS[scope.mode] },
  );
  const left = stopGradient(u!);
  if (scope.mode !== "eval") scope.setState("u", left);
  const right = times(fixed, left, true);
  return dot(left, times(weight, stopGradient(direction(right, right))));
}
