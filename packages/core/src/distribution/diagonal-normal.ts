/**
 * Independent normal distributions.
 *
 * @module
 */

import { type Kind, shape } from "../bijector/described.ts";
import { zeros } from "../bijector/parameter.ts";
import { definePart } from "../bijector/parts.ts";
import * as z from "../bijector/schema.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, exp, mul, sub } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { Tree } from "../tree.ts";
import type { Base } from "./base.ts";
import { standardNormalLogProb } from "./standard-normal.ts";

/** Independent normals with learned means and deviations e^{scale}. */
export const diagonalNormal: ((options: { event: number[] }) => Base) & Kind<Base> = definePart<
  { event: number[] },
  Base
>({
  kind: "diagonal-normal",
  options: z.object({ event: shape }),
  build: ({ event }) => ({
    role: "base",
    event,
    domain: "real",
    context: undefined,
    params: { mean: zeros(event), logScale: zeros(event) },
    logProb: (scope, x) => {
      const { mean, logScale } = scope.params as Record<string, Tree<Tensor>> as Record<"mean" | "logScale", Tensor>;
      return sub(standardNormalLogProb(div(sub(x, mean), exp(logScale)), event.length), sum(logScale));
    },
    sample: (scope, batch) => {
      const { mean, logScale } = scope.params as Record<string, Tree<Tensor>> as Record<"mean" | "logScale", Tensor>;
      return add(mean, mul(exp(logScale), scope.noise("base", { kind: "normal" }, [...batch, ...event])));
    },
  }),
});
