/**
 * Replaces `triangularSolve` by a `scan`, for backends whose runtime has no such operator.
 *
 * @module
 */

import type { Rewrite, Tensor } from "@normflow/core";
import * as op from "@normflow/core";

/** Substitution, one row of T at each step: xᵢ = (bᵢ − Σ tᵢⱼ xⱼ) / tᵢᵢ, all right-hand sides at once. */
export const lowerTriangularSolve: Rewrite = (node, inputs) => {
  if (node.op !== "triangularSolve") return undefined;
  const { lower, transpose, unitDiagonal } = node.params;
  const [given, b] = inputs as readonly [Tensor, Tensor];
  const t = transpose ? op.transpose(given) : given;
  const forward = lower !== transpose;
  const n = t.shape[0] as number;
  const row = op.expandDims(op.iota(n), 1);
  const column = op.iota(n);
  // Entries on the other side may be anything, NaN included: they are replaced, not multiplied by zero.
  const strict = op.select(forward ? op.greater(row, column) : op.less(row, column), t, 0);
  const diagonal = unitDiagonal ? op.broadcastTo(1, [n]) : op.sum(op.select(op.equal(row, column), t, 0), 1);
  const last = b.rank - 1;
  const rowsFirst = [last - 1, ...[...b.shape.keys()].slice(0, -2), last];
  const moved = op.transpose(b, rowsFirst);
  const flat = op.reshape(moved, [n, op.elements(moved.shape.slice(1))]);
  const start: readonly [Tensor] = [op.broadcastTo(0, flat.shape)];
  const [[x]] = op.scan(
    ([solved], [coefficients, right, pivot], i): readonly [readonly [Tensor], readonly []] => {
      const known = op.matmul(op.expandDims(coefficients, 0), solved);
      const value = op.div(op.sub(op.expandDims(right, 0), known), pivot);
      return [[op.dynamicUpdateSlice(solved, 0, i, value)], []];
    },
    start,
    [strict, flat, diagonal],
    { length: n, reverse: !forward },
  );
  const back: number[] = [];
  rowsFirst.forEach((p, i) => void (back[p] = i));
  return [op.transpose(op.reshape(x, moved.shape), back)];
};
