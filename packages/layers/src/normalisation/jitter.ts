/**
 * Noise on the data while training.
 *
 * @module
 */
import { add, constant, defineLayer, exp, min, mul, OptionError, positive, size, z, zeros } from "@normflow/core";

/** Options of `jitter`. */
export interface JitterOptions {
  /** Deviation of each feature's noise at the first step. */
  deviation: number[];
  /** Factor on the deviations at the last step; 1 keeps them. */
  fall: number;
  /** Training steps over which they fall. */
  steps: number;
}

/**
 * Adds normal noise to the data while training, and is the identity otherwise; event `[D]`, log-det 0. At training step t
 * the deviations are `deviation · fall^min(1, t / steps)`.
 *
 * A flow behind it fits the data's distribution smoothed by that much: a density cannot rise without bound over what it has
 * not seen spread out. As the noise falls, the states of a run go from a smooth to a sharp density, and validation finds the
 * one between that few rows justify. The state `step` counts training steps.
 *
 * @throws {OptionError} where a deviation is negative
 * @see Rothfuss et al. 2019, Noise Regularization for Conditional Density Estimation
 * @example jitter({ deviation: [0.2, 0.2], fall: 0.1, steps: 1000 })
 */
export const jitter = defineLayer({
  kind: "jitter",
  options: z.object({ deviation: z.array(z.number()), fall: positive, steps: size }),
  facts: ({ deviation }: JitterOptions) => {
    const wrong = deviation.findIndex((d) => !(d >= 0));
    if (wrong >= 0 || deviation.length === 0)
      throw new OptionError(
        "jitter-deviation",
        wrong >= 0 ? `jitter: the deviation of feature ${wrong} is below 0.` : "jitter: there is no feature.",
        { hint: "Give each feature a deviation from 0." },
      );
    return { event: [deviation.length], constantLogDet: true };
  },
  state: () => ({ step: zeros([1]) }),
  forward: (_, base) => [base, constant(0)],
  inverse(_, x, scope, { deviation, fall, steps }) {
    if (scope.mode !== "train") return [x, constant(0)];
    const step = scope.state("step");
    scope.setState("step", add(step, 1));
    const factor = exp(mul(Math.log(fall), min(mul(step, 1 / steps), 1)));
    const noise = scope.noise("jitter", { kind: "normal" }, x.shape);
    return [add(x, mul(noise, mul(constant(deviation), factor))), constant(0)];
  },
});
