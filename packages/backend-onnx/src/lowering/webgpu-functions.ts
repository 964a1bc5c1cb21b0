/**
 * Logarithm, sine and cosine on WebGPU.
 *
 * WGSL allows its own an absolute error of 2⁻¹¹ (sine, cosine) and anything at all outside their domain
 * (https://www.w3.org/TR/WGSL/#floating-point-accuracy), and drivers use that freedom.
 *
 * @module
 */
import type { Scope } from "./scope.ts";

/** ln x: −∞ at 0, NaN below it. */
export function log(scope: Scope, x: string): string {
  const zero = scope.number(0);
  const outside = scope.apply("Where", [
    scope.apply("Equal", [x, zero]),
    scope.number(Number.NEGATIVE_INFINITY),
    scope.number(Number.NaN),
  ]);
  return scope.apply("Where", [scope.apply("Greater", [x, zero]), scope.apply("Log", [x]), outside]);
}

// π as a sum of numbers short enough that their products with whole numbers below 2¹³ are exact in float32.
const PI_HIGH = 3.140625;
const PI_MIDDLE = Math.round((Math.PI - PI_HIGH) * 2 ** 20) / 2 ** 20;
const PI_LOW = Math.PI - PI_HIGH - PI_MIDDLE;

/** Coefficients of sin r / r in r², to r¹⁰: an error below 6 · 10⁻⁸ for |r| ≤ π/2. */
const SERIES = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800];

/** The sine's curve through its zero at `half` · π: sin(x − half · π) for x within π/2 of it, by its power series. */
function around(scope: Scope, x: string, half: string): string {
  const less = (from: string, part: number): string =>
    scope.apply("Sub", [from, scope.apply("Mul", [half, scope.number(part)])]);
  const r = less(less(less(x, PI_HIGH), PI_MIDDLE), PI_LOW);
  const square = scope.apply("Mul", [r, r]);
  const series = SERIES.slice(0, -1).reduceRight(
    (sum, c) => scope.apply("Add", [scope.apply("Mul", [sum, square]), scope.number(c)]),
    scope.number(SERIES.at(-1)!),
  );
  return scope.apply("Mul", [r, series]);
}

/** (−1)ᵏ of a whole number. */
function alternating(scope: Scope, k: string): string {
  const half = scope.apply("Mul", [k, scope.number(0.5)]);
  const rest = scope.apply("Sub", [half, scope.apply("Floor", [half])]);
  return scope.apply("Sub", [scope.number(1), scope.apply("Mul", [rest, scope.number(4)])]);
}

/** sin x = (−1)ᵏ sin(x − kπ), k the whole number nearest to x/π. */
export function sin(scope: Scope, x: string): string {
  const turns = scope.apply("Mul", [x, scope.number(1 / Math.PI)]);
  const k = scope.apply("Floor", [scope.apply("Add", [turns, scope.number(0.5)])]);
  return scope.apply("Mul", [around(scope, x, k), alternating(scope, k)]);
}

/** cos x = −(−1)ᵏ sin(x − (k + ½)π), k = ⌊x/π⌋. */
export function cos(scope: Scope, x: string): string {
  const k = scope.apply("Floor", [scope.apply("Mul", [x, scope.number(1 / Math.PI)])]);
  const half = scope.apply("Add", [k, scope.number(0.5)]);
  return scope.apply("Neg", [scope.apply("Mul", [around(scope, x, half), alternating(scope, k)])]);
}
