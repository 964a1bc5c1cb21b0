/**
 * Digits: a number whose digits have each their own base, the densest form of fields of known ranges.
 *
 * @module
 */
import { FormatError } from "@normflow/core";

/** Large numbers are lists of 16 bits, the least first: short products of them are exact, and faster than bigints. */
const LIMB = 2 ** 16;

/** Largest base. */
export const MOST_BASE = LIMB;

/** Multiplies a large number in place, and adds to it. */
function multiplyAdd(limbs: number[], factor: number, added: number): void {
  let carry = added;
  for (let i = 0; i < limbs.length; i++) {
    const product = limbs[i]! * factor + carry;
    // Below 2^32, so that the operators on bits, which are fast, take it.
    limbs[i] = product & (LIMB - 1);
    carry = product >>> 16;
  }
  if (carry > 0) limbs.push(carry);
}

/** Bytes that hold every number of so many digits: what they are does not matter. */
function bytesFor(bases: readonly number[]): number {
  const most: number[] = [];
  for (const base of bases) multiplyAdd(most, base, base - 1);
  const top = most.at(-1) ?? 0;
  return 2 * most.length - (top > 255 ? 0 : top > 0 ? 1 : 0);
}

/** Gathers digits, the first one the least. */
export class DigitWriter {
  private readonly digits: number[] = [];
  private readonly bases: number[] = [];

  /**
   * Adds a whole number from 0 to `base` − 1.
   * @throws {FormatError} `digit` where it is none
   */
  put(digit: number, base: number): void {
    if (!(Number.isInteger(digit) && digit >= 0 && digit < base && base <= MOST_BASE))
      throw new FormatError("digit", `A number of a piece is ${digit}, not one from 0 to ${base - 1}.`);
    this.digits.push(digit);
    this.bases.push(base);
  }

  bytes(): Uint8Array {
    const limbs: number[] = [];
    for (let i = this.digits.length - 1; i >= 0; i--) multiplyAdd(limbs, this.bases[i]!, this.digits[i]!);
    return Uint8Array.from({ length: bytesFor(this.bases) }, (_, i) => (limbs[i >> 1] ?? 0) >> (8 * (i & 1)));
  }
}

/** Reads digits back, given their bases in the order of writing. */
export class DigitReader {
  private readonly limbs: number[];
  private readonly bases: number[] = [];
  private readonly size: number;

  constructor(bytes: Uint8Array) {
    this.size = bytes.length;
    this.limbs = Array.from(
      { length: Math.ceil(bytes.length / 2) },
      (_, i) => bytes[2 * i]! + 256 * (bytes[2 * i + 1] ?? 0),
    );
  }

  take(base: number): number {
    const { limbs } = this;
    let rest = 0;
    for (let i = limbs.length - 1; i >= 0; i--) {
      const value = rest * LIMB + limbs[i]!;
      const quotient = (value / base) >>> 0;
      limbs[i] = quotient;
      rest = value - quotient * base;
    }
    while (limbs.at(-1) === 0) limbs.pop();
    this.bases.push(base);
    return rest;
  }

  /**
   * Ends the reading.
   * @throws {FormatError} `digits` where the bytes are not those that a writer of these bases gives
   */
  end(): void {
    if (this.limbs.length > 0 || bytesFor(this.bases) !== this.size)
      throw new FormatError("digits", "The numbers of a piece do not fill their bytes.");
  }
}
