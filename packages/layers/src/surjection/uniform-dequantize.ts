/**
 * Dequantization: from integers to intervals.
 *
 * @module
 */
import { add, type Bijector, constant, defineLayer, floor, min, shape, z } from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { CELL_END } from "../transformation/histogram-cdf.ts";

/** Options of `uniformDequantize`. */
export interface UniformDequantizeOptions {
  event: number[];
  /** Whether the layers below map whole cells to boxes, which makes the density exact; false unless told. */
  exact: boolean;
}

const dequantize = defineLayer({
  kind: "uniform-dequantize",
  options: z.object({ event: shape, exact: z.boolean() }),
  facts: ({ event, exact }: UniformDequantizeOptions) => ({
    event,
    domain: "interval",
    codomain: "integer",
    constantLogDet: true,
    exact,
    stochastic: { inverse: true },
  }),
  forward: (_, y) => [floor(y), constant(0)],
  inverse(_, x, scope) {
    const u = scope.noise("cell", { kind: "uniform" }, x.shape);
    return [add(x, min(u, CELL_END)), constant(0)];
  },
});

/**
 * Spreads integers over their cells: inverse `y = x + u` with u uniform on (0, 1), forward `x = ⌊y⌋`, log-det 0.
 *
 * The inverse declares the noise `cell`; ½ everywhere puts each value in the middle of its cell. u is cut at 1 − 2⁻¹⁶,
 * which keeps ⌊x + u⌋ = x in float32 for integers up to 255.
 *
 * In general ln p(y) is a lower bound of ln P(x) on average over u. It does not depend on u, and is exact, where the
 * layers below have one slope in each cell, as a histogram CDF does whose conditioner reads ⌊y⌋ only; say so with
 * `exact: true`.
 *
 * @see Theis, van den Oord & Bethge 2016, A Note on the Evaluation of Generative Models, section 3.1
 * @see Nielsen & Winther 2020, Closing the Dequantization Gap
 */
export const uniformDequantize = withDefaults<UniformDequantizeOptions, "exact", Bijector>(dequantize, {
  exact: false,
});
