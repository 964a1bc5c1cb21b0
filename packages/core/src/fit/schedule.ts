/**
 * Learning-rate schedules.
 *
 * @module
 */

/** How the learning rate moves over the steps. */
export interface Schedule {
  /** Steps of linear rise from 0. */
  readonly warmup: number;
  /** `cosine` falls to `floor` times the rate at the last step. */
  readonly shape: "constant" | "cosine";
  readonly floor: number;
}

/** The factor on the learning rate at a step counted from 0: min(1, (step + 1) / warmup) · max(floor, ½ (1 + cos π step / total)). */
export function scheduleFactor({ warmup, shape, floor }: Schedule, step: number, total: number): number {
  const rise = warmup > 0 ? Math.min(1, (step + 1) / warmup) : 1;
  const fall = shape === "cosine" ? Math.max(floor, 0.5 * (1 + Math.cos((Math.PI * step) / total))) : 1;
  return rise * fall;
}
