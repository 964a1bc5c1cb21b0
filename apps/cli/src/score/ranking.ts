/**
 * How well scores tell anomalies from the rest.
 *
 * @module
 */

/** Positions in ascending order of the scores, in groups of equal ones. */
function groups(scores: ArrayLike<number>): number[][] {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const found: number[][] = [];
  for (const i of order) {
    const last = found.at(-1);
    if (last && scores[last[0]!] === scores[i]) last.push(i);
    else found.push([i]);
  }
  return found;
}

/**
 * The chance that an anomaly scores above a row that is none, equal scores counting half: the area under the curve of
 * true over false positives.
 * @param isAnomaly by row; both kinds occur
 */
export function auroc(scores: ArrayLike<number>, isAnomaly: readonly boolean[]): number {
  let [below, total, anomalies] = [0, 0, 0];
  for (const group of groups(scores)) {
    const own = group.filter((i) => isAnomaly[i]).length;
    const others = group.length - own;
    total += own * (below + others / 2);
    below += others;
    anomalies += own;
  }
  return total / (anomalies * below);
}

/**
 * The mean, over the anomalies, of the share of anomalies among all rows that score as high or higher: Σ (Rₖ − Rₖ₋₁) Pₖ
 * over the distinct scores.
 * @param isAnomaly by row; an anomaly occurs
 */
export function averagePrecision(scores: ArrayLike<number>, isAnomaly: readonly boolean[]): number {
  let [taken, hits, total] = [0, 0, 0];
  for (const group of groups(scores).reverse()) {
    const own = group.filter((i) => isAnomaly[i]).length;
    taken += group.length;
    hits += own;
    total += own * (hits / taken);
  }
  return total / hits;
}
