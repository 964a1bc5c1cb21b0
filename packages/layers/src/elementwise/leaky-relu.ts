/**
 * The leaky rectifier.
 *
 * @module
 */
import { type Bijector, defineLayer, greaterEqual, mul, positive, select, shape, type Tensor, z } from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { sumEvent } from "../layout/sum-event.ts";

/** Options of `leakyRelu`. */
export interface LeakyReluOptions {
  event: number[];
  /** Slope for z < 0; 0.01 unless told. */
  slope: number;
}

const bend = (x: Tensor, slope: number, rank: number): readonly [Tensor, Tensor] => {
  const above = greaterEqual(x, 0);
  return [mul(x, select(above, 1, slope)), sumEvent(select(above, 0, Math.log(slope)), rank)];
};

const rectifier = defineLayer({
  kind: "leaky-relu",
  options: z.object({ event: shape, slope: positive }),
  facts: ({ event }: LeakyReluOptions) => ({ event, monotone: 1 }),
  forward: (_, base, __, { event, slope }) => bend(base, slope, event.length),
  inverse: (_, x, __, { event, slope }) => bend(x, 1 / slope, event.length),
});

/** Bends the line at 0, `x = z` for z ≥ 0, else `slope·z`; log-det `ln slope` for each entry below 0. */
export const leakyRelu = withDefaults<LeakyReluOptions, "slope", Bijector>(rectifier, { slope: 0.01 });
