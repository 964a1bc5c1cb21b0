/**
 * The logistic function.
 *
 * @module
 */
import {
  add,
  type Bijector,
  clip,
  defineLayer,
  div,
  log,
  log1p,
  mul,
  neg,
  OptionError,
  shape,
  sigmoid as sigmoidOf,
  softplus,
  sub,
  type Tensor,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { sumEvent } from "../layout/sum-event.ts";

/** Float32 numbers between which the inverse is finite. */
const LOWEST = 2 ** -25;
const HIGHEST = 1 - 2 ** -24;

/** Options of `sigmoid`. */
export interface SigmoidOptions {
  event: number[];
  /** The lower end; 0 unless told. */
  low: number;
  /** The upper end; 1 unless told. */
  high: number;
}

/** ln σ(z) + ln σ(−z) + ln(high − low), without underflow. */
const logSlope = (base: Tensor, span: number): Tensor => sub(Math.log(span), add(softplus(base), softplus(neg(base))));

const logistic = defineLayer({
  kind: "sigmoid",
  options: z.object({ event: shape, low: z.number(), high: z.number() }),
  facts: ({ event, low, high }: SigmoidOptions) => {
    if (low >= high)
      throw new OptionError("sigmoid-ends", `sigmoid: the lower end ${low} is not below the upper end ${high}.`, {
        hint: "Swap them, or move them apart.",
      });
    return { event, codomain: low === 0 && high === 1 ? "unit" : "interval", monotone: 1 };
  },
  forward: (_, base, __, { event, low, high }) => [
    add(low, mul(high - low, sigmoidOf(base))),
    sumEvent(logSlope(base, high - low), event.length),
  ],
  inverse(_, x, __, { event, low, high }) {
    const u = clip(div(sub(x, low), high - low), LOWEST, HIGHEST);
    const base = sub(log(u), log1p(neg(u)));
    return [base, neg(sumEvent(logSlope(base, high - low), event.length))];
  },
});

/**
 * Squashes each entry into (low, high), `x = low + (high − low)·σ(z)`, log-det `Σ ln (high − low)·σ(z)·σ(−z)`.
 *
 * The inverse is the logit, cut where float32 would make it infinite: −17.3 ≤ z ≤ 16.6 comes back.
 */
export const sigmoid = withDefaults<SigmoidOptions, "low" | "high", Bijector>(logistic, { low: 0, high: 1 });
