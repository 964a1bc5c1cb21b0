/**
 * The inverse and the determinant of a small matrix.
 *
 * @module
 */
import {
  abs,
  add,
  amax,
  at,
  concat,
  cumsum,
  customVjp,
  div,
  equal,
  expandDims,
  greaterEqual,
  iota,
  log,
  matmul,
  mul,
  neg,
  scan,
  select,
  slice,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
} from "@normflow/core";

/** Gauss–Jordan elimination with pivots by rows: n rank-1 updates, one a turn of a scan. */
function eliminate(matrix: Tensor): readonly [inverse: Tensor, logAbsDet: Tensor] {
  const n = matrix.shape[0] as number;
  const index = iota(n);
  const identity = equal(expandDims(index, 1), index);
  const [[done, logDet]] = scan(
    ([rows, total], _, k) => {
      const entries = at(rows, 1, k);
      const candidates = select(greaterEqual(index, k), abs(entries), -1);
      const largest = equal(candidates, amax(candidates));
      const pivot = expandDims(mul(largest, equal(cumsum(largest, 0), 1)), 1);
      const top = sum(mul(pivot, rows), 0);
      const value = at(top, 0, k);
      const row = div(top, value);
      const isHere = expandDims(equal(index, k), 1);
      // The pivot's row comes here and this row goes where it was; the two may be one.
      const swapped = select(pivot, at(rows, 0, k), rows);
      const cleared = sub(swapped, mul(expandDims(at(swapped, 1, k), 1), row));
      return [[select(isHere, row, cleared), add(total, log(abs(value)))] as const, []];
    },
    [concat([matrix, identity], 1), tensor(0)] as const,
    [],
    { length: n },
  );
  return [slice(done, 1, n, n), logDet];
}

/**
 * W⁻¹ and ln |det W| of a matrix [n, n], with the gradients −W⁻ᵀ G W⁻ᵀ and W⁻ᵀ, so that training costs no pass back
 * through the elimination. A singular matrix gives infinities.
 */
export const inverseAndLogDet = (matrix: Tensor): readonly [inverse: Tensor, logAbsDet: Tensor] =>
  customVjp(
    "matrix-inverse",
    ([w]) => eliminate(w!),
    (_, [inverse], [ofInverse, ofLogDet]) => {
      const back = transpose(inverse!);
      const fromLogDet = ofLogDet && mul(ofLogDet, back);
      const fromInverse = ofInverse && neg(matmul(matmul(back, ofInverse), back));
      return [fromInverse && fromLogDet ? add(fromInverse, fromLogDet) : (fromInverse ?? fromLogDet)];
    },
    [matrix],
  );
