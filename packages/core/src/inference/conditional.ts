/**
 * Conditionals of a fitted joint distribution.
 *
 * @module
 */
import { OptionError } from "../error.ts";
import type { Model } from "../fit/model.ts";
import { div, mul, square, sub } from "../ops/elementwise.ts";
import { constant, take } from "../ops/layout.ts";
import { sum } from "../ops/reduce.ts";
import { type ChainDraws, type HmcOptions, hmc } from "./chains.ts";
import { tilted } from "./latent-target.ts";

/** Settings of `conditionalSample`. */
export interface ConditionalOptions extends HmcOptions {
  /** How far known features may lie from their values, a deviation in their units; 0.05 unless told. */
  readonly width?: number;
}

/**
 * Draws events of a joint distribution given some of their features, p(x | x_known ≈ values), by chains in latent space:
 * a flow without a context answers whatever features are asked for.
 *
 * Known features keep a deviation of `width` about their values, which is what is drawn exactly; smaller ones take shorter
 * steps. A marginal needs none of this: it is the columns of `sample`.
 *
 * @param known values by feature, of a flow whose event is [D]
 * @throws {OptionError} `conditional-known` for features that the flow does not have, `conditional-width`
 * @example
 * const { x: given } = await conditionalSample(model, { 1: 0.3 }, { draws: 2, chains: 4, warmup: 2 });
 */
export async function conditionalSample(
  model: Model,
  known: Readonly<Record<number, number>>,
  options: ConditionalOptions,
): Promise<ChainDraws> {
  const { width = 0.05, ...rest } = options;
  const features = Object.keys(known).map(Number);
  const values = features.map((i) => known[i]!);
  const { event } = model.flow;
  if (event.length !== 1 || features.length === 0 || features.some((i) => !(i >= 0 && i < event[0]!)))
    throw new OptionError("conditional-known", `Features [${features}] are not some of an event [${event}].`, {
      hint: "Name features of a flow of vectors by their index: { 0: 1.5 }.",
    });
  if (!(width > 0) || !values.every(Number.isFinite))
    throw new OptionError("conditional-width", `Known values are numbers within a positive width, not ${width}.`, {
      hint: "A twentieth of a feature's deviation or so.",
    });
  const misfit = tilted((x) => mul(-0.5, sum(square(div(sub(take(x, -1, features), constant(values)), width)), -1)));
  return await hmc(model, misfit, rest);
}
