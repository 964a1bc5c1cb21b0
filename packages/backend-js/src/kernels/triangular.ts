/**
 * Solves a triangular system in place: X starts as the right-hand sides [n, k] and ends as the solution.
 *
 * @module
 */
export function solveTriangular(
  forward: boolean,
  unitDiagonal: boolean,
  n: number,
  k: number,
  T: Float32Array,
  t: number,
  si: number,
  sj: number,
  X: Float32Array,
  x: number,
): void {
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    const [from, to] = forward ? [0, i] : [i + 1, n];
    const pivot = unitDiagonal ? 1 : T[t + i * (si + sj)]!;
    for (let c = 0; c < k; c++) {
      let value = X[x + i * k + c]!;
      for (let j = from!; j < to!; j++) value -= T[t + i * si + j * sj]! * X[x + j * k + c]!;
      X[x + i * k + c] = value / pivot;
    }
  }
}
