/**
 * Dequantization of columns that lie on a lattice, beside columns that do not.
 *
 * @module
 */
import { add, constant, defineLayer, floor, mul, OptionError, select, sub, z } from "@normflow/core";

/** Options of `latticeDequantize`. */
export interface LatticeDequantizeOptions {
  /** Distance of neighbouring values of each feature; 0 for a feature that is continuous. */
  step: number[];
  /** A value of each feature; the others are whole steps away. */
  origin: number[];
}

/**
 * Spreads values of lattices over their cells: inverse `y = x + (u − ½) step`, u uniform on (0, 1); forward takes y to the
 * middle of its cell, `origin + step ⌊(y − origin) / step + ½⌋`; features of step 0 stay. Event `[D]`, log-det 0.
 *
 * The inverse declares the noise `cell`; ½ everywhere leaves every value where it is. A density fitted to y has no line
 * or point to rise over without bound, as one fitted to rounded x has. ln p(y) is per unit of x, as for continuous
 * features: its mean over u is at most the logarithm of P(x) over the volume of the cell.
 *
 * @throws {OptionError} where the lists differ in length or a step is negative
 * @see Theis, van den Oord & Bethge 2016, A Note on the Evaluation of Generative Models, section 3.1
 * @example latticeDequantize({ step: [1, 0], origin: [0, 0] })
 */
export const latticeDequantize = defineLayer({
  kind: "lattice-dequantize",
  options: z.object({ step: z.array(z.number()), origin: z.array(z.number()) }),
  facts: ({ step, origin }: LatticeDequantizeOptions) => {
    if (step.length !== origin.length || step.length === 0)
      throw new OptionError(
        "lattice-lengths",
        `lattice-dequantize: there are ${step.length} steps and ${origin.length} origins.`,
        { hint: "Give each feature a step and an origin." },
      );
    const negative = step.findIndex((s) => !(s >= 0));
    if (negative >= 0)
      throw new OptionError("lattice-step", `lattice-dequantize: the step of feature ${negative} is below 0.`, {
        hint: "Give 0 for a continuous feature.",
      });
    return { event: [step.length], constantLogDet: true, exact: false, stochastic: { inverse: true } };
  },
  forward(_, y, __, { step, origin }) {
    const cell = constant(step.map((s) => s || 1));
    const first = constant(origin);
    const rounded = add(mul(floor(add(mul(sub(y, first), constant(step.map((s) => 1 / (s || 1)))), 0.5)), cell), first);
    return [select(constant(step.map((s) => (s > 0 ? 1 : 0))), rounded, y), constant(0)];
  },
  inverse(_, x, scope, { step }) {
    const u = scope.noise("cell", { kind: "uniform" }, x.shape);
    return [add(x, mul(sub(u, 0.5), constant(step))), constant(0)];
  },
});
