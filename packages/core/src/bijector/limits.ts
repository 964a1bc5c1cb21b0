/**
 * What a description may claim while it is built from a file, which is not to be believed.
 *
 * @module
 */
import { FormatError } from "../error.ts";

/** Axes up to this size are believed whatever a file's length: a layer without parameters may have them. */
const PLAUSIBLE = 2 ** 16;

/** An array takes at least this much of a file besides its entries, less than its name and shape do. */
const EACH = 16;

/** The largest axis, and the bytes that arrays may still take; without a file there is no limit. */
let largest = Number.MAX_SAFE_INTEGER;
let allowance = Number.POSITIVE_INFINITY;

/**
 * Builds a description from a file of some bytes, which must hold every array that it declares: an entry takes four of
 * them or eight, so that what claims more than one entry a byte is refused before it is built to its end.
 */
export function withinFile<T>(bytes: number, build: () => T): T {
  const before = { largest, allowance };
  largest = Math.max(PLAUSIBLE, bytes);
  allowance = bytes;
  try {
    return build();
  } finally {
    ({ largest, allowance } = before);
  }
}

/** Whether an axis may have a size. */
export const isPlausible = (size: number): boolean => size <= largest;

/** Counts an array of so many entries. @throws {FormatError} `flow-size` where the file cannot hold it */
export function claim(entries: number): void {
  allowance -= entries + EACH;
  if (allowance < 0)
    throw new FormatError("flow-size", "The flow that the file describes has more parameters than the file.", {
      hint: "The file is cut short, or was edited by hand.",
    });
}
