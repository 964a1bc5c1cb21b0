/**
 * A learned linear map with a cheap determinant.
 *
 * @module
 */
import {
  add,
  defineLayer,
  equal,
  exp,
  expandDims,
  greater,
  iota,
  less,
  mul,
  neg,
  OptionError,
  reshape,
  size,
  sub,
  sum,
  type Tensor,
  transpose,
  triangularSolve,
  z,
  zeros,
} from "@normflow/core";
import { columns } from "../layout/columns.ts";
import { linear } from "../network/dense.ts";

/** Options of `luLinear`. */
export interface LuLinearOptions {
  features: number;
  /** P as a list, row i of the result taking row permutation[i]; the identity unless told. */
  permutation?: number[] | undefined;
}

/** L, U and the logarithms of U's diagonal from one square of parameters. */
export function luFactors(
  lu: Tensor,
  n: number,
): { readonly lower: Tensor; readonly upper: Tensor; readonly logDiagonal: Tensor } {
  const row = expandDims(iota(n), 1);
  const column = iota(n);
  const diagonal = equal(row, column);
  const logDiagonal = sum(mul(lu, diagonal), -1);
  return {
    lower: add(mul(lu, greater(row, column)), diagonal),
    upper: add(mul(lu, less(row, column)), mul(exp(logDiagonal), diagonal)),
    logDiagonal,
  };
}

const identity = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/**
 * Mixes features linearly, `x = P L U z + b`, L unit lower triangular, U upper triangular with the diagonal `e^d`,
 * log-det `Σ d`; event `[D]`.
 *
 * One square of D² parameters holds L below, d on and U above the diagonal, zero at the start: the map starts as P.
 * Forward is a product, O(D²) an event; inverse solves the two triangles.
 *
 * @throws {OptionError} where the permutation is none of 0 … D − 1
 * @see Oliva et al. 2018, Transformation Autoregressive Networks, section 3.1
 */
export const luLinear = defineLayer({
  kind: "lu-linear",
  options: z.object({ features: size, permutation: z.optional(z.array(z.int())) }),
  facts: ({ features, permutation }: LuLinearOptions) => {
    if (permutation && [...permutation].sort((a, b) => a - b).join() !== identity(features).join())
      throw new OptionError(
        "permutation",
        `lu-linear: [${permutation}] does not name each of 0 to ${features - 1} once.`,
        { hint: "Leave it out for the order as it is." },
      );
    return { event: [features], constantLogDet: true };
  },
  params: ({ features }) => ({ lu: zeros([features, features]), bias: zeros([features]) }),

  forward({ lu, bias }, base, _, { features, permutation = identity(features) }) {
    const { lower, upper, logDiagonal } = luFactors(lu, features);
    const mixed = linear(lower, linear(upper, base));
    return [add(columns(mixed, permutation), bias), sum(logDiagonal)];
  },
  inverse({ lu, bias }, x, _, { features, permutation = identity(features) }) {
    const { lower, upper, logDiagonal } = luFactors(lu, features);
    const mixed = columns(
      sub(x, bias),
      identity(features).map((i) => permutation.indexOf(i)),
    );
    // Events become columns, so that one solve serves the whole batch.
    const right = transpose(reshape(mixed, [-1, features]));
    const solved = triangularSolve(upper, triangularSolve(lower, right, { unitDiagonal: true }), { lower: false });
    return [reshape(transpose(solved), x.shape), neg(sum(logDiagonal))];
  },
});
