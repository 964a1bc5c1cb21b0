/**
 * Numbers drawn from a key. Entry i depends on the key and i only, so a longer draw starts with the shorter one.
 *
 * @module
 */

import { exactLog } from "./logarithm.ts";
import { standardNormalQuantile } from "./normal-quantile.ts";
import { bits, foldIn, type Key } from "./threefry.ts";

/** (w + ½) 2⁻²⁴ of the upper 24 bits w: strictly within (0, 1), the same in float32 and float64. */
const unit = (word: number): number => ((word >>> 8) + 0.5) * 2 ** -24;

/** Uniform numbers on (min, max), 24 bits of chance each. */
export function uniform(
  from: Key,
  n: number,
  { min = 0, max = 1 }: { readonly min?: number; readonly max?: number } = {},
): Float32Array {
  const words = bits(from, n);
  const out = new Float32Array(n);
  const span = max - min;
  for (let i = 0; i < n; i++) out[i] = min + span * unit(words[i]!);
  return out;
}

/** Standard normal numbers, Φ⁻¹ of 24-bit uniform ones, the same on every engine. */
export function normal(from: Key, n: number): Float64Array {
  const words = bits(from, n);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = standardNormalQuantile(unit(words[i]!), exactLog);
  return out;
}

/** Whole numbers from min to max − 1,, of 53 bits each. */
export function randint(from: Key, n: number, min: number, max: number): Float64Array {
  const words = bits(from, 2 * n);
  const span = max - min;
  // 53 bits over the span: no value is favoured by more than span / 2⁵³.
  return Float64Array.from(
    { length: n },
    (_, i) => min + Math.floor(((words[2 * i]! >>> 5) * 2 ** 26 + (words[2 * i + 1]! >>> 6)) * 2 ** -53 * span),
  );
}

/** 0 … n − 1 in random order (Fisher & Yates). */
export function permutation(from: Key, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const draws = uniformIndex(from, n);
  for (let i = n - 1; i > 0; i--) {
    const j = draws(i);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

/** Draws of an index from 0 to i. */
function uniformIndex(from: Key, n: number): (i: number) => number {
  const words = bits(foldIn(from, n), 2 * n);
  return (i) => Math.floor(((words[2 * i]! >>> 5) * 2 ** 26 + (words[2 * i + 1]! >>> 6)) * 2 ** -53 * (i + 1));
}
