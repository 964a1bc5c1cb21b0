/**
 * The 81 rhythms of a beat: four sixteenths, each an onset, a hold or a rest.
 *
 * @module
 */

/** A note starts. */
export const ONSET = 0;
/** What sounds, or the silence, goes on. */
export const HOLD = 1;
/** A silence starts. */
export const REST = 2;

const kinds = [ONSET, HOLD, REST];
const all = kinds.flatMap((a) => kinds.flatMap((b) => kinds.flatMap((c) => kinds.map((d) => [a, b, c, d] as const))));

const count = (pattern: readonly number[], kind: number): number => pattern.filter((step) => step === kind).length;
const earliness = (pattern: readonly number[]): number =>
  pattern.reduce((sum, step, i) => sum + (step === ONSET ? 4 - i : 0), 0);

/**
 * Patterns by class, from sparse to dense: neighbouring classes sound alike, so a small move of the latent is a small
 * change. Ties keep the lexicographic order in which `all` lists them.
 */
export const patternTable: readonly (readonly number[])[] = [...all].sort(
  (a, b) => count(a, ONSET) - count(b, ONSET) || count(b, REST) - count(a, REST) || earliness(a) - earliness(b),
);

const classes = new Map(patternTable.map((pattern, i) => [pattern.join(""), i]));

/** Returns the class of four steps. */
export const patternClass = (steps: ArrayLike<number>): number =>
  classes.get(`${steps[0]}${steps[1]}${steps[2]}${steps[3]}`)!;
