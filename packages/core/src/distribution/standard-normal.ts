/**
 * The standard normal distribution.
 *
 * @module
 */

import { type Kind, shape } from "../bijector/described.ts";
import { definePart } from "../bijector/parts.ts";
import * as z from "../bijector/schema.ts";
import type { Tensor } from "../graph/tensor.ts";
import { mul, sub } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { Base } from "./base.ts";

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** ln N(z; 0, 1) summed over the last `rank` axes. */
export function standardNormalLogProb(z: Tensor, rank: number): Tensor {
  const entries = sub(mul(-0.5, mul(z, z)), HALF_LOG_TWO_PI);
  return rank === 0
    ? entries
    : sum(
        entries,
        Array.from({ length: rank }, (_, i) => -1 - i),
      );
}

/** Standard normal: ln p(z) = −½ Σ (z² + ln 2π). */
export const standardNormal: ((options: { event: number[] }) => Base) & Kind<Base> = definePart<
  { event: number[] },
  Base
>({
  kind: "standard-normal",
  options: z.object({ event: shape }),
  build: ({ event }) => ({
    role: "base",
    event,
    domain: "real",
    context: undefined,
    params: {},
    logProb: (_, x) => standardNormalLogProb(x, event.length),
    sample: (scope, batch) => scope.noise("base", { kind: "normal" }, [...batch, ...event]),
  }),
});
