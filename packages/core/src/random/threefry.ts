/**
 * Threefry-2x32 with 20 rounds: a counter-based generator of 64 random bits from a key and a counter.
 *
 * @module
 * @see Salmon, Moraes, Dror & Shaw 2011, Parallel Random Numbers: As Easy as 1, 2, 3
 */
import { OptionError } from "../error.ts";

/** Two 32-bit words. */
export type Key = readonly [number, number];

const PARITY = 0x1bd11bda;

/** Writes the two words of a counter to out[at] and out[at + 1]. */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array | Int32Array,
  at: number,
): void {
  const key2 = key0 ^ key1 ^ PARITY;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  let [a, b, c] = [key1, key2, key0];
  // Five groups of four rounds; a group ends by adding the next two key words and its number.
  for (let group = 1; ; group++) {
    if ((group & 1) === 1) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    } else {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    }
    x0 = (x0 + a) | 0;
    x1 = (x1 + b + group) | 0;
    if (group === 5) break;
    const first = a;
    a = b;
    b = c;
    c = first;
  }
  out[at] = x0;
  out[at + 1] = x1;
}

const pair = new Uint32Array(2);

/**
 * The key of a seed.
 * @throws {OptionError} where the seed is no whole number from 0 to 2⁵³ − 1
 */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new OptionError("seed", `A seed is a whole number from 0 to 2^53 − 1, not ${seed}.`, {
      hint: "Any whole number will do, 0 for example.",
    });
  return [Math.floor(seed / 2 ** 32), seed >>> 0];
}

/** The key of a numbered stream of a key: streams with different numbers are independent. */
export function foldIn(parent: Key, stream: number): Key {
  // The second half of the counters is for keys, the first for numbers.
  threefry(parent[0], parent[1], 0x80000000 | Math.floor(stream / 2 ** 32), stream, pair, 0);
  return [pair[0]!, pair[1]!];
}

/** Random 32-bit words; word i depends on the key and i only. */
export function bits(from: Key, n: number): Uint32Array {
  const words = new Uint32Array(n + (n & 1));
  const [k0, k1] = from;
  for (let i = 0; i < words.length; i += 2) threefry(k0, k1, 0, i >>> 1, words, i);
  return words.length === n ? words : words.subarray(0, n);
}
