/**
 * The logarithm of the gamma function.
 *
 * @module
 */

/** B₂ₖ / (2k (2k − 1)) of Stirling's series. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156, -3617 / 122_400];

/** Above this, eight terms of the series are exact to a double. */
const LARGE = 10;

/**
 * ln Γ(x) for x > 0, NaN otherwise; relative or absolute error below 1e-14, whichever is larger.
 *
 * @see Abramowitz & Stegun 1964, 6.1.15 and 6.1.40
 */
export function logGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  let shift = 1;
  let at = x;
  for (; at < LARGE; at++) shift *= at;
  const series = STIRLING.reduceRight((sum, term) => sum / (at * at) + term, 0) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(shift);
}
