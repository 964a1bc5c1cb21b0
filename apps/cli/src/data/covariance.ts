/**
 * Covariances of tables.
 *
 * @module
 */

/**
 * The covariance of standardised rows, shrunk towards a multiple of the identity by as much as their number asks for.
 * @param rows n rows of so many columns, of mean 0
 * @returns row i up to the diagonal
 * @see Ledoit & Wolf 2004, A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices
 */
export function shrunkCovariance(rows: Float64Array, columns: number): number[][] {
  const n = rows.length / columns;
  const s = Array.from({ length: columns }, (_, i) => new Array<number>(i + 1).fill(0));
  let fourth = 0;
  for (let from = 0; from < rows.length; from += columns) {
    let squares = 0;
    for (let i = 0; i < columns; i++) {
      const v = rows[from + i]!;
      squares += v * v;
      const row = s[i]!;
      for (let j = 0; j <= i; j++) row[j]! += (v * rows[from + j]!) / n;
    }
    fourth += squares ** 2 / n;
  }
  const level = s.reduce((total, row) => total + row.at(-1)!, 0) / columns;
  let [norm, distance] = [0, 0];
  for (const [i, row] of s.entries())
    for (const [j, v] of row.entries()) {
      const times = i === j ? 1 : 2;
      norm += times * v ** 2;
      distance += times * (v - (i === j ? level : 0)) ** 2;
    }
  // The squared error of S as an estimate: Σ |x xᵀ − S|² / n² = (Σ |x|⁴ / n − |S|²) / n.
  const share = distance > 0 ? Math.min(1, (fourth - norm) / n / distance) : 0;
  return s.map((row, i) => row.map((v, j) => (1 - share) * v + (i === j ? share * level : 0)));
}
