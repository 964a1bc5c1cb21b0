/**
 * Triangles of covariances, on the host.
 *
 * @module
 */

/**
 * The lower triangle L with `L Lᵀ = S`, row i with the entries up to the diagonal.
 * @param covariance rows of S up to the diagonal
 * @param least a square of a diagonal entry below this is taken for it, so that columns that follow from others pass
 */
export function cholesky(covariance: readonly (readonly number[])[], least: number): number[][] {
  const lower: number[][] = [];
  for (const [i, given] of covariance.entries()) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      const other = j === i ? row : lower[j]!;
      let rest = given[j]!;
      for (let k = 0; k < j; k++) rest -= row[k]! * other[k]!;
      row.push(j === i ? Math.sqrt(Math.max(rest, least)) : rest / other[j]!);
    }
    lower.push(row);
  }
  return lower;
}
