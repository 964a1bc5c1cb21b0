/**
 * Overlapping area: how alike two sets of melodies are, feature by feature.
 *
 * @module
 * @see Yang & Lerch 2020, On the evaluation of generative models in music
 */
import { OptionError } from "@normflow/core";
import type { Grid } from "../grid/grid.ts";
import { featureNames, features, type MelodyFeatures } from "./features.ts";

const POINTS = 200;

/** Kernel width 1.06 σ n^(−1/5), and at least 1% of the range, so that a feature of few values still has a density. */
function kernelWidth(values: readonly number[], range: number): number {
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
  return Math.max(1.06 * deviation * n ** -0.2, range / 100);
}

/** A Gaussian-kernel density on a grid of points, summing to 1. */
function density(values: readonly number[], low: number, range: number): number[] {
  const width = kernelWidth(values, range);
  const counts = new Map<number, number>();
  for (const v of values) counts.set(v, (counts.get(v) ?? 0) + 1);
  const heights = Array.from({ length: POINTS }, (_, i) => {
    const x = low + (range * i) / (POINTS - 1);
    let sum = 0;
    for (const [v, n] of counts) sum += n * Math.exp(-0.5 * ((x - v) / width) ** 2);
    return sum;
  });
  const total = heights.reduce((sum, h) => sum + h, 0);
  return heights.map((h) => h / total);
}

/**
 * Returns the area, 0 to 1, under both of two densities estimated from values.
 * @throws OptionError `values` when a set is empty
 */
export function overlappingArea(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0)
    throw new OptionError("values", "An overlap needs values on both sides.", {
      hint: "Give each side one number or more.",
    });
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of [a, b])
    for (const v of values) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  if (low === high) return 1;
  const other = density(b, low, high - low);
  return density(a, low, high - low).reduce((sum, height, i) => sum + Math.min(height, other[i]!), 0);
}

/** Overlapping areas of the seven features and their mean. */
export type OverlapReport = Readonly<Record<keyof MelodyFeatures, number>> & { readonly mean: number };

/**
 * Compares two sets of melodies by each feature; melodies of fewer than two notes are left out.
 * @throws OptionError `values` when a set has no others
 */
export function overlapReport(a: readonly Grid[], b: readonly Grid[]): OverlapReport {
  const [left, right] = [a, b].map((set) => set.map(features).filter((f) => f !== undefined)) as [
    MelodyFeatures[],
    MelodyFeatures[],
  ];
  const areas = featureNames.map(
    (name) =>
      [
        name,
        overlappingArea(
          left.map((f) => f[name]),
          right.map((f) => f[name]),
        ),
      ] as const,
  );
  const mean = areas.reduce((sum, [, area]) => sum + area, 0) / areas.length;
  return { ...(Object.fromEntries(areas) as Record<keyof MelodyFeatures, number>), mean };
}

/** Returns the overlapping area, 0 to 1, of two sets of melodies, averaged over the seven features. */
export const meanOverlappingArea = (a: readonly Grid[], b: readonly Grid[]): number => overlapReport(a, b).mean;
