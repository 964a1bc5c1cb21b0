/**
 * The split: which tunes train, which validate, which test, by name alone.
 *
 * @module
 */
import { md5 } from "./md5.ts";

/** A part of a corpus. */
export type Split = "train" | "valid" | "test";

const FOLDS = 20;

/** Returns the name that decides a tune's split: `basename.ext`, and `#X` where its file holds several tunes. */
export const splitName = (fileName: string, reference?: string): string =>
  `${fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1)}${reference === undefined ? "" : `#${reference}`}`;

/** Returns the split of a name: its MD5 as one unsigned integer, mod 20; 0 tests, 1 validates. */
export function splitOf(name: string): Split {
  const fold = md5(name).reduce((rest, byte) => (rest * 256 + byte) % FOLDS, 0);
  return fold === 0 ? "test" : fold === 1 ? "valid" : "train";
}
