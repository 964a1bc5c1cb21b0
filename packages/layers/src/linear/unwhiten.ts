/**
 * A fixed linear map that gives whitened data back their correlations.
 *
 * @module
 */
import {
  add,
  constant,
  defineLayer,
  matmul,
  OptionError,
  reshape,
  sub,
  type Tensor,
  transpose,
  triangularSolve,
  z,
} from "@normflow/core";

/** Options of `unwhiten`. */
export interface UnwhitenOptions {
  shift: number[];
  /** Rows of the lower triangle L, row i of length i + 1. */
  lower: number[][];
}

const logDiagonal = (lower: readonly (readonly number[])[]): number =>
  lower.reduce((total, row) => total + Math.log(Math.abs(row.at(-1)!)), 0);

const square = ({ lower }: UnwhitenOptions): Tensor => {
  const n = lower.length;
  return constant(
    lower.flatMap((row) => [...row, ...new Array<number>(n - row.length).fill(0)]),
    [n, n],
  );
};

/**
 * Puts whitened data back into their own units, `x = L z + shift` with L lower triangular, event `[D]`, log-det
 * `Σ ln |Lᵢᵢ|`; with `L Lᵀ` the covariance of the data, z has the identity for its own.
 *
 * The numbers are options, not parameters: they are not trained, and the description carries them. A triangle keeps the
 * order of the features, so what is autoregressive in z is so in x.
 *
 * @throws {OptionError} where rows have other lengths or a diagonal entry is 0
 * @example unwhiten({ shift: [20, 1.7], lower: [[5], [0.08, 0.06]] })
 */
export const unwhiten = defineLayer({
  kind: "unwhiten",
  options: z.object({ shift: z.array(z.number()), lower: z.array(z.array(z.number())) }),
  facts: ({ shift, lower }: UnwhitenOptions) => {
    const wrong = lower.findIndex((row, i) => row.length !== i + 1);
    if (wrong >= 0 || lower.length !== shift.length || lower.length === 0)
      throw new OptionError(
        "unwhiten-shape",
        wrong >= 0
          ? `unwhiten: row ${wrong} of the lower triangle has ${lower[wrong]!.length} entries, not ${wrong + 1}.`
          : `unwhiten: there are ${shift.length} shifts and ${lower.length} rows.`,
        { hint: "Give D shifts and D rows, row i with the entries up to the diagonal." },
      );
    const zero = lower.findIndex((row) => row.at(-1) === 0);
    if (zero >= 0)
      throw new OptionError("unwhiten-zero", `unwhiten: entry ${zero} of the diagonal is 0, which no inverse undoes.`, {
        hint: "Leave out features that follow from others, or add a little to the diagonal of the covariance.",
      });
    return { event: [lower.length], constantLogDet: true };
  },
  forward: (_, base, __, options) => [
    add(matmul(base, transpose(square(options))), constant(options.shift)),
    constant(logDiagonal(options.lower)),
  ],
  inverse(_, x, __, options) {
    // Events become columns, so that one solve serves the whole batch.
    const right = transpose(reshape(sub(x, constant(options.shift)), [-1, options.shift.length]));
    return [
      reshape(transpose(triangularSolve(square(options), right)), x.shape),
      constant(-logDiagonal(options.lower)),
    ];
  },
});
