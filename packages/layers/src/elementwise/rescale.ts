/**
 * A fixed scale and shift of each feature.
 *
 * @module
 */
import { add, constant, defineLayer, div, mul, OptionError, sub, z } from "@normflow/core";

const logAbsolute = (scale: readonly number[]): number => scale.reduce((total, s) => total + Math.log(Math.abs(s)), 0);

/**
 * Puts standardised data back into its own units, `x = z·scale + shift`, event `[D]`, log-det `Σ ln |scale|`.
 *
 * The numbers are options, not parameters: they are not trained, and the description carries them.
 *
 * @throws {OptionError} where the lists differ in length or a scale is 0
 * @example rescale({ shift: [20, 1.7], scale: [5, 0.1] })
 */
export const rescale = defineLayer({
  kind: "rescale",
  options: z.object({ shift: z.array(z.number()), scale: z.array(z.number()) }),
  facts: ({ shift, scale }) => {
    if (shift.length !== scale.length)
      throw new OptionError(
        "rescale-lengths",
        `rescale: there are ${shift.length} shifts and ${scale.length} scales.`,
        { hint: "Give each feature a shift and a scale." },
      );
    const zero = scale.indexOf(0);
    if (zero >= 0)
      throw new OptionError("rescale-zero", `rescale: the scale of feature ${zero} is 0, which no inverse undoes.`, {
        hint: "Leave constant features out of the data.",
      });
    const signs = new Set(scale.map(Math.sign));
    const [sign] = signs;
    return {
      event: [scale.length],
      constantLogDet: true,
      ...(signs.size === 1 ? { monotone: sign === 1 ? (1 as const) : (-1 as const) } : {}),
    };
  },
  forward: (_, base, __, { shift, scale }) => [
    add(mul(base, constant(scale)), constant(shift)),
    constant(logAbsolute(scale)),
  ],
  inverse: (_, x, __, { shift, scale }) => [
    div(sub(x, constant(shift)), constant(scale)),
    constant(-logAbsolute(scale)),
  ],
});
