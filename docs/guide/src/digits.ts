import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Images with their labels. */
export interface Digits {
  /** Levels from 0 to 16, `[row][64]`. */
  readonly x: number[][];
  readonly labels: number[];
}

/**
 * The 8×8 digits: of each five rows the last tests, the others train.
 *
 * Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998), CC BY 4.0,
 * 1,797 rows of 64 pixels with 17 levels.
 */
export function digits(): { readonly train: Digits; readonly test: Digits } {
  // The program of a page stands in .run/ beside data/.
  const file = join(import.meta.dirname, "../data/digits.csv.gz");
  const rows = gunzipSync(readFileSync(file))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number));
  const part = (last: boolean): Digits => {
    const chosen = rows.filter((_, i) => (i % 5 === 4) === last);
    return { x: chosen.map((row) => row.slice(0, 64)), labels: chosen.map((row) => row[64]!) };
  };
  return { train: part(false), test: part(true) };
}
