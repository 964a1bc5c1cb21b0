/**
 * Classes as the values that stand for them in a table.
 *
 * @module
 */
import {
  constant,
  defineLayer,
  expandDims,
  greaterEqual,
  mul,
  OptionError,
  oneHot,
  sum,
  type Tensor,
  z,
} from "@normflow/core";

/** Options of `levels`. */
export interface LevelsOptions {
  /** For each feature the values that it takes, rising. */
  values: number[][];
}

/** Larger than what comes in: a border that nothing passes. */
const NEVER = 3e38;

/** Rows [features, longest], the short ones filled up. */
function table(rows: readonly (readonly number[])[], filler: number): Tensor {
  const longest = Math.max(1, ...rows.map((r) => r.length));
  const filled = rows.flatMap((r) => [...r, ...new Array<number>(longest - r.length).fill(filler)]);
  return constant(filled, [rows.length, longest]);
}

/** The points half-way between neighbouring values. */
const borders = (values: readonly number[]): number[] => values.slice(1).map((v, i) => v / 2 + values[i]! / 2);

/**
 * Puts the values of ordinal columns for their classes, `xᵢ = values[i][zᵢ]`, event `[D]`, log-det 0; what lies between two
 * values counts as the nearer one.
 *
 * The density of what follows is a probability: classes have no width.
 *
 * @throws {OptionError} `levels-order` where the values of a feature do not rise
 * @example
 * const { base, bijector } = subsetFlow({ features: 2, categories: [3, 2] });
 * flow({ base, bijector: chain([bijector, levels({ values: [[0, 0.5, 2], [10, 20]] })]) });
 */
export const levels = defineLayer({
  kind: "levels",
  options: z.object({ values: z.array(z.array(z.number())) }),
  facts: ({ values }: LevelsOptions) => {
    const bad = values.findIndex((row) => row.length === 0 || row.some((v, i) => i > 0 && !(v > row[i - 1]!)));
    if (bad >= 0 || values.length === 0)
      throw new OptionError("levels-order", `levels: the values of feature ${Math.max(0, bad)} do not rise.`, {
        hint: "Give each feature its different values in order, one at least.",
      });
    return { event: [values.length], domain: "integer", constantLogDet: true };
  },
  forward: (_, classes, __, { values }) => {
    const longest = Math.max(...values.map((row) => row.length));
    return [sum(mul(oneHot(classes, longest), table(values, 0)), -1), constant(0)];
  },
  inverse: (_, x, __, { values }) => [
    sum(greaterEqual(expandDims(x, -1), table(values.map(borders), NEVER)), -1),
    constant(0),
  ],
});
