/**
 * Which columns of a table are discrete, and how far their values lie apart.
 *
 * @module
 */

/** The values of a column as a lattice; step 0 where it is continuous. */
export interface Lattice {
  readonly step: number;
  readonly origin: number;
}

/** A column whose rows take on average fewer than so many rows a value is continuous. */
const FEWEST_REPEATS = 2;
/** Gaps that differ from whole steps by less than this share of a step count as whole. */
const TOLERANCE = 0.02;

/** The share of sorted numbers at a place. */
const quantile = (sorted: ArrayLike<number>, q: number): number => sorted[Math.floor(q * (sorted.length - 1))]!;

/**
 * Finds the lattice of a column. Values that repeat and are whole multiples of the smallest gap apart lie on one; values
 * that repeat and are not (logarithms of counts, sums of rounded numbers) get the gap that only a tenth of the gaps are below.
 */
export function latticeOf(values: Float64Array): Lattice {
  const sorted = Float64Array.from(values).sort();
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  // What differs by rounding only is one value.
  const same = 1e-7 * (high - low);
  const distinct: number[] = [];
  for (const v of sorted) if (distinct.length === 0 || v - distinct.at(-1)! > same) distinct.push(v);
  if (distinct.length < 2 || values.length < FEWEST_REPEATS * distinct.length) return { step: 0, origin: low };
  const gaps = distinct.slice(1).map((v, i) => v - distinct[i]!);
  const smallest = Math.min(...gaps);
  const whole = gaps.every((gap) => Math.abs(gap / smallest - Math.round(gap / smallest)) < TOLERANCE);
  return { step: whole ? smallest : quantile(Float64Array.from(gaps).sort(), 0.1), origin: low };
}
