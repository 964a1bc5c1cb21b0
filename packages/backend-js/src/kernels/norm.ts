/**
 * Layer norms of rows.
 *
 * @module
 */

/** o = (c / √(scale · Σ c² + epsilon)) · gain + offset, c = x − centre · Σ x, for n entries. */
export function normRow(
  n: number,
  o: Float32Array,
  p: number,
  x: Float32Array,
  q: number,
  qs: number,
  centre: number,
  scale: number,
  epsilon: number,
  gain: Float32Array,
  g: number,
  gs: number,
  offset: Float32Array,
  f: number,
  fs: number,
): void {
  let total = 0;
  for (let i = 0, a = q; i < n; i++, a += qs) total += x[a]!;
  const middle = centre * total;
  let squares = 0;
  for (let i = 0, a = q; i < n; i++, a += qs) {
    const c = x[a]! - middle;
    squares += c * c;
  }
  const factor = 1 / Math.sqrt(scale * squares + epsilon);
  for (let i = 0; i < n; i++, p++, q += qs, g += gs, f += fs) o[p] = (x[q]! - middle) * factor * gain[g]! + offset[f]!;
}
