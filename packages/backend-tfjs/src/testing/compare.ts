/**
 * Holds the backend against the reference, on the same inputs.
 *
 * @module
 */
import { type Arrays, type Backend, type Graph, type HostArray, reference } from "@normflow/core";
import { expect } from "vitest";

/** Repeatable numbers in [low, high). */
export function numbers(count: number, low = -2, high = 2, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((high - low) * (state >>> 8)) / 2 ** 24;
  });
}

/** An array of repeatable numbers. */
export const random = (shape: readonly number[], low = -2, high = 2, seed = 1): HostArray => ({
  data: numbers(
    shape.reduce((a, b) => a * b, 1),
    low,
    high,
    seed,
  ),
  shape,
});

/** Asserts that two arrays agree to `tolerance · (1 + |expected|)`, infinities and NaN in the same places. */
export function expectClose(actual: HostArray, expected: HostArray, tolerance: number, what: string): void {
  expect(actual.shape, `${what}: shape`).toEqual(expected.shape);
  for (let i = 0; i < expected.data.length; i++) {
    const [a, e] = [actual.data[i]!, Math.fround(expected.data[i]!)];
    const near = Object.is(a, e) || a === e || Math.abs(a - e) <= tolerance * (1 + Math.abs(e));
    if (!near) expect.fail(`${what}: entry ${i} is ${a} where ${expected.data[i]} is expected`);
  }
}

/** Runs a graph on both and compares. */
export async function expectLikeReference(
  backend: Backend,
  graph: Graph,
  inputs: Arrays,
  tolerance = 1e-5,
): Promise<void> {
  const executable = await backend.compile(graph);
  const actual = await executable.run(inputs);
  const expected = await (await reference().compile(graph)).run(inputs);
  await executable.dispose();
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expectClose(actual[name]!, value, tolerance, name);
}
