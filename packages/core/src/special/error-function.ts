/**
 * The error function and the normal distribution function.
 *
 * @module
 */

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
/** Below this the series converges fast, above it the continued fraction does. */
const CROSSING = 2.5;

/** 2/√π e^{−x²} Σ 2ⁿ x^{2n+1} / (2n + 1)!!, all terms of one sign. */
function series(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; term > total * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return TWO_OVER_ROOT_PI * Math.exp(-x * x) * total;
}

/** e^{−x²}/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))), for x ≥ 2.5. */
function tail(x: number): number {
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** erf x = 2/√π ∫₀ˣ e^{−t²} dt, to about 1 part in 10¹⁵. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x) || a === 0) return x;
  return Math.sign(x) * (a < CROSSING ? series(a) : 1 - tail(a));
}

/** erfc x = 1 − erf x, exact in its relative size where erf is near 1. */
export function erfc(x: number): number {
  if (x < CROSSING) return 1 - erf(x);
  return tail(x);
}

/** Φ(x), the standard normal distribution function. */
export const normalCdf = (x: number): number => 0.5 * erfc(-x / Math.SQRT2);
