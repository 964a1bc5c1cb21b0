/**
 * Base distributions: where a flow starts.
 *
 * @module
 */
import * as z from "zod/mini";
import { type Described, type Kind, shape } from "../bijector/described.ts";
import type { Domain } from "../bijector/facts.ts";
import { type Parameters, zeros } from "../bijector/parameter.ts";
import { definePart } from "../bijector/parts.ts";
import type { Scope } from "../bijector/scope.ts";
import type { Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, div, exp, mul, sub } from "../ops/elementwise.ts";
import { broadcastTo } from "../ops/layout.ts";
import { sum } from "../ops/reduce.ts";
import type { Tree } from "../tree.ts";

/** A distribution with a density and a sampler of its own. */
export interface Base extends Described {
  readonly role: "base";
  readonly event: readonly number[];
  readonly domain: Domain;
  readonly context: readonly number[] | undefined;
  readonly params: Parameters;
  /** ln p(z) in nats: […batch, …event] → […batch]. */
  logProb(scope: Scope, z: Tensor): Tensor;
  /** Draws […batch, …event]; declares its noise as `base`. */
  sample(scope: Scope, batch: Shape): Tensor;
}

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

/** Uniform on (0, 1) in every entry; the density outside is 0, which a flow onto it never reaches. */
export const standardUniform: ((options: { event: number[] }) => Base) & Kind<Base> = definePart<
  { event: number[] },
  Base
>({
  kind: "standard-uniform",
  options: z.object({ event: shape }),
  build: ({ event }) => ({
    role: "base",
    event,
    domain: "unit",
    context: undefined,
    params: {},
    logProb: (_, x) => broadcastTo(0, x.shape.slice(0, x.rank - event.length)),
    sample: (scope, batch) => scope.noise("base", { kind: "uniform" }, [...batch, ...event]),
  }),
});
