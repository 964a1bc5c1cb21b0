/**
 * The colour of a place between A and B.
 *
 * @module
 */

/** The CSS colour at t, 0 for A and 1 for B. */
export const mix = (t: number): string =>
  t <= 0
    ? "var(--a)"
    : t >= 1
      ? "var(--b)"
      : `color-mix(in oklch, var(--a) ${Math.round((1 - t) * 1000) / 10}%, var(--b))`;
