/**
 * ln det(I + J) of a contraction: exactly, by a power series, or by an unbiased estimate of that series.
 *
 * @module
 */
import {
  add,
  broadcastTo,
  constant,
  customVjp,
  div,
  dot,
  expandDims,
  floor,
  greater,
  greaterEqual,
  log,
  loop,
  matmul,
  max,
  mul,
  neg,
  reshape,
  scan,
  select,
  slice,
  squeezeAxis,
  sub,
  sum,
  type Tensor,
  vjp,
  withoutGradient,
} from "@normflow/core";
import type { ListedFunction } from "./lipschitz-mlp.ts";

/** Terms of the series that every estimate has, and the chance of each further one. */
const LEAST_TERMS = 4;
const ONE_MORE = 0.75;

/** The chance of as many terms is 10⁻²⁴. */
const MOST_TERMS = 200;

const unitMatrix = (n: number): Tensor =>
  reshape(constant(Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))), [n, n]);

/** ln det(I + J) of J […, D, D] with |J| < 1, by elimination: xᵀ(I + J)x > 0, so that every pivot is positive. */
export function logDetByElimination(jacobian: Tensor): Tensor {
  const features = jacobian.shape.at(-1) as number;
  let rest = add(jacobian, unitMatrix(features));
  let total: Tensor | undefined;
  for (let left = features; left > 0; left--) {
    const row = slice(rest, -2, 0, 1);
    const pivot = slice(row, -1, 0, 1);
    const term = squeezeAxis(squeezeAxis(log(pivot), -1), -1);
    total = total ? add(total, term) : term;
    if (left === 1) break;
    const below = slice(slice(rest, -1, 0, 1), -2, 1, left - 1);
    const minor = slice(slice(rest, -1, 1, left - 1), -2, 1, left - 1);
    rest = sub(minor, mul(div(below, pivot), slice(row, -1, 1, left - 1)));
  }
  return total!;
}

/** Σ_{k ≤ terms} (−1)ᵏ⁺¹ tr Jᵏ / k of J […, D, D]; what is left out is at most D·Lᵗ⁺¹ / ((t + 1)(1 − L)) for |J| ≤ L. */
export function logDetBySeries(jacobian: Tensor, terms: number): Tensor {
  const units = unitMatrix(jacobian.shape.at(-1) as number);
  const trace = (m: Tensor): Tensor => sum(mul(m, units), [-2, -1]);
  const [[, total]] = scan(
    ([power, before], _, index) => {
      const next = matmul(power!, jacobian);
      // −J multiplied up carries the sign: (−1)ᵏ⁺¹ Jᵏ = −(−J)ᵏ.
      const signed = neg(next);
      return [[signed, sub(before!, div(trace(signed), add(index, 2)))], []];
    },
    [neg(jacobian), trace(jacobian)] as readonly Tensor[],
    [],
    { length: terms - 1 },
  );
  return total!;
}

/**
 * Estimates ln det(I + J_g(z)) without bias, with its gradient: with v of independent signs, E v vᵀ = I, and a random
 * number N of terms, `Σ_{k ≤ N} (−1)ᵏ⁺¹ / (k P(N ≥ k)) vᵀ Jᵏ v`.
 *
 * The gradient is that of wᵀ J v with w = Σ_{k ≤ N} (−1)ᵏ / P(N ≥ k) (Jᵀ)ᵏ v, summed along the way: nothing of the
 * series is kept, so memory does not grow with the number of terms.
 *
 * @param probe signs −1 or 1, of z's shape
 * @param chance uniform on (0, 1), a scalar: decides the number of terms, 4 and on average 3 more
 * @see Chen et al. 2019, Residual Flows for Invertible Generative Modeling, eq. 6 and 8
 */
export function logDetByRoulette(g: ListedFunction, z: Tensor, probe: Tensor, chance: Tensor): Tensor {
  const pull = (inputs: readonly Tensor[], at: Tensor, vector: Tensor): Tensor =>
    vjp([g.apply(inputs, at)], [vector], [at])[0]!;
  const [total] = customVjp(
    "residual-log-det",
    ([at, v, u, ...inputs]) => {
      const last = add(floor(div(log(u!), Math.log(ONE_MORE))), LEAST_TERMS);
      // Carry: k, (−1)ᵏ⁺¹ / P(N ≥ k), (Jᵀ)ᵏ⁻¹ v, the sums so far.
      const zero = sum(mul(v!, 0), -1);
      const [, , , logDet, w] = loop(
        ([k]) => greaterEqual(last, k!),
        ([k, weight, vector, before, neumann]) => {
          const next = pull(inputs, at!, vector!);
          const grown = select(greaterEqual(k!, LEAST_TERMS), div(weight!, ONE_MORE), weight!);
          return [
            add(k!, 1),
            neg(grown),
            next,
            add(before!, mul(div(weight!, k!), dot(next, v!))),
            sub(neumann!, mul(weight!, next)),
          ] as readonly Tensor[];
        },
        [broadcastTo(1, []), broadcastTo(1, []), v!, zero, v!] as readonly Tensor[],
        { limit: MOST_TERMS },
      );
      return [logDet!, w!];
    },
    ([from, signs, , ...given], [, neumann], [cotangent]) => {
      const [gz, ...rest] = withoutGradient(
        "residual-log-det-gradient",
        ([at, v, w, ct, ...inputs]) => {
          const along = sum(mul(pull(inputs, at!, mul(w!, expandDims(ct!, -1))), v!));
          return vjp([along], [broadcastTo(1, [])], [at!, ...inputs]);
        },
        [from!, signs!, neumann!, cotangent!, ...given],
        'The estimate of training can be differentiated once; take logDet: "exact", or a program of mode "eval".',
      );
      return [gz, undefined, undefined, ...rest];
    },
    [z, probe, chance, ...g.inputs],
  );
  return total!;
}

/** −1 or 1 with equal chance, from uniform noise. */
export const signsOf = (noise: Tensor): Tensor => sub(mul(2, greater(noise, 0.5)), 1);

/** The larger of u and the smallest number whose logarithm is finite on every backend. */
export const chanceOf = (noise: Tensor): Tensor => max(noise, 1e-7);
