/**
 * Independent entries on the line or on a circle.
 *
 * @module
 */

import { type Kind, positive, size } from "../bijector/described.ts";
import { definePart } from "../bijector/parts.ts";
import * as z from "../bijector/schema.ts";
import { OptionError } from "../error.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul, select, sub } from "../ops/elementwise.ts";
import { constant } from "../ops/layout.ts";
import type { Base } from "./base.ts";
import { standardNormalLogProb } from "./standard-normal.ts";

/** Options of `normalAndCircular`. */
export interface NormalAndCircularOptions {
  features: number;
  /** The features that lie on a circle. */
  circular: number[];
  /** Circles are [−bound, bound). */
  bound: number;
}

/**
 * Some features uniform on the circle [−bound, bound), the others standard normal, event `[features]`:
 * `ln p(z) = Σ ln N(zᵢ; 0, 1) − (circular features) · ln(2·bound)`.
 *
 * @throws {OptionError} `base-circular` where `circular` does not name different features
 */
export const normalAndCircular: ((options: NormalAndCircularOptions) => Base) & Kind<Base> = definePart<
  NormalAndCircularOptions,
  Base
>({
  kind: "normal-and-circular",
  options: z.object({ features: size, circular: z.array(z.int().check(z.gte(0))), bound: positive }),
  build: ({ features, circular, bound }) => {
    if (circular.some((i) => i >= features) || new Set(circular).size < circular.length)
      throw new OptionError(
        "base-circular",
        `normal-and-circular: circular [${circular}] must name different features below ${features}.`,
        { hint: "Count features from 0, and name each once." },
      );
    const onCircle = (): Tensor => constant(Array.from({ length: features }, (_, i) => Number(circular.includes(i))));
    // A masked entry costs what a normal does at 0; the circle's own price is put in its place.
    const difference = circular.length * (0.5 * Math.log(2 * Math.PI) - Math.log(2 * bound));
    return {
      role: "base",
      event: [features],
      domain: "real",
      context: undefined,
      params: {},
      logProb: (_, x) => add(standardNormalLogProb(select(onCircle(), 0, x), 1), difference),
      sample(scope, batch) {
        const shape = [...batch, features];
        const normal = scope.noise("base", { kind: "normal" }, shape);
        const uniform = scope.noise("circle", { kind: "uniform" }, shape);
        return select(onCircle(), mul(bound, sub(mul(2, uniform), 1)), normal);
      },
    };
  },
});
