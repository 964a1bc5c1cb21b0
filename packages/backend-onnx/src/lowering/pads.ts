/**
 * Padding and cutting axes.
 *
 * @module
 */
import type { Scope } from "./scope.ts";

/** A name and the shape of what it names. */
export interface Sized {
  readonly name: string;
  readonly shape: readonly number[];
}

/** An axis, and what is added (or, negative, cut) before and after it. */
type Margin = readonly [axis: number, low: number, high: number];

/** Cuts axes where margins are negative. */
export function clipAxes(scope: Scope, name: string, shape: readonly number[], margins: readonly Margin[]): Sized {
  const cuts = margins.filter(([, low, high]) => low < 0 || high < 0);
  if (cuts.length === 0) return { name, shape };
  const start = (low: number): number => Math.max(0, -low);
  const end = (axis: number, high: number): number => shape[axis]! + Math.min(0, high);
  const sliced = scope.apply("Slice", [
    name,
    scope.ints(cuts.map(([, low]) => start(low))),
    scope.ints(cuts.map(([axis, , high]) => end(axis, high))),
    scope.ints(cuts.map(([axis]) => axis)),
  ]);
  const margin = new Map(cuts.map(([axis, low, high]) => [axis, end(axis, high) - start(low)]));
  return { name: sliced, shape: shape.map((d, i) => margin.get(i) ?? d) };
}

/** Adds zeros where margins are positive and cuts where they are negative. */
export function padAxes(scope: Scope, name: string, shape: readonly number[], margins: readonly Margin[]): string {
  const cut = clipAxes(scope, name, shape, margins);
  const low = shape.map(() => 0);
  const high = shape.map(() => 0);
  for (const [axis, before, after] of margins) {
    low[axis] = Math.max(0, before);
    high[axis] = Math.max(0, after);
  }
  return [...low, ...high].some((p) => p > 0)
    ? scope.apply("Pad", [cut.name, scope.ints([...low, ...high])])
    : cut.name;
}
