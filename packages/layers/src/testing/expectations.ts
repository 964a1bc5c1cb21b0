/**
 * What the harness expects of numbers.
 *
 * @module
 */
import { expect } from "vitest";

/** Entries agree up to |Δ| ≤ tolerance · (1 + |wanted|). */
export function expectNear(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(actual.length, what).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const error = Math.abs(actual[i]! - wanted[i]!) / (1 + Math.abs(wanted[i]!));
    if (!(error <= tolerance)) expect.fail(`${what}: entry ${i} is ${actual[i]} where ${wanted[i]} was due (${error})`);
  }
}

/** No entry is NaN or infinite. */
export function expectFinite(values: ArrayLike<number>, what: string): void {
  const bad = Array.from(values).findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) expect.fail(`${what}: entry ${bad} is ${values[bad]}`);
}
