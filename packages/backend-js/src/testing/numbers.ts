/**
 * Repeatable choices for tests.
 *
 * @module
 */

/** A repeatable stream of numbers in [0, 1). */
export function stream(seed: number): () => number {
  let state = (seed + 1) * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Repeatable float32 numbers in [low, high). */
export function numbers(count: number, seed: number, low = -2, high = 2): Float32Array {
  const next = stream(seed);
  return Float32Array.from({ length: count }, () => low + (high - low) * next());
}
