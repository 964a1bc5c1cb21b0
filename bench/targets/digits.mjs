// The 1,797 8 × 8 digits of a data folder: rows of 64 levels from 0 to 16, the label last.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

export const digitRows = (folder) =>
  gunzipSync(readFileSync(join(folder, "data/images/digits.csv.gz")))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number))
    .filter((row) => row.length === 65 && row.every(Number.isFinite));
