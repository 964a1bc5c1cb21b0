/**
 * Activation normalisation.
 *
 * @module
 */
import {
  add,
  defineLayer,
  div,
  exp,
  greater,
  log,
  mean,
  mul,
  neg,
  type Scope,
  ShapeError,
  select,
  shape,
  square,
  sub,
  sum,
  type Tensor,
  z,
  zeros,
} from "@normflow/core";

/** Deviations below this are those of a constant entry, or of a batch of one: the scale stays 1. */
const LEAST_VARIANCE = 1e-12;

interface Scaling {
  readonly shift: Tensor;
  readonly logScale: Tensor;
}

/** Sets parameters from the first batch, once; `from` makes them of the batch's mean and log-deviation. */
function started(
  given: Scaling,
  x: Tensor,
  scope: Scope,
  event: readonly number[],
  from: (mean: Tensor, logDeviation: Tensor) => Scaling,
): Scaling {
  if (scope.mode !== "init") return given;
  const batch = Array.from({ length: x.rank - event.length }, (_, i) => i);
  if (batch.length === 0)
    throw new ShapeError(
      "act-norm-batch",
      "act-norm: its first values come from a batch, and there is a single event.",
      {
        hint: "Give the first batch a batch axis.",
      },
    );
  const centre = mean(x, batch);
  const variance = mean(square(sub(x, centre)), batch);
  const varies = greater(variance, LEAST_VARIANCE);
  const logDeviation = mul(0.5, select(varies, log(select(varies, variance, 1)), 0));
  const done = scope.state("initialised");
  const fresh = from(centre, logDeviation);
  const shift = select(done, given.shift, fresh.shift);
  const logScale = select(done, given.logScale, fresh.logScale);
  scope.assign("shift", shift);
  scope.assign("logScale", logScale);
  scope.setState("initialised", add(mul(done, 0), 1));
  return { shift, logScale };
}

/**
 * Scales and shifts each entry, `x = z·eˢ + t`, log-det `Σ s`, starting so that the first batch comes out with mean 0
 * and deviation 1 in each entry.
 *
 * The start happens in a program of mode `init`, in the direction that it runs, and is recorded in the state
 * `initialised`: a loaded or a resumed model keeps what it has.
 *
 * @throws {ShapeError} where mode `init` meets a single event without a batch
 * @see Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions, section 3.1
 */
export const actNorm = defineLayer({
  kind: "act-norm",
  options: z.object({ event: shape }),
  facts: ({ event }) => ({ event, monotone: 1, constantLogDet: true }),
  params: ({ event }) => ({ shift: zeros(event), logScale: zeros(event) }),
  state: () => ({ initialised: zeros([]) }),

  forward(params, base, scope, { event }) {
    const { shift, logScale } = started(params, base, scope, event, (centre, logDeviation) => ({
      shift: neg(div(centre, exp(logDeviation))),
      logScale: neg(logDeviation),
    }));
    return [add(mul(base, exp(logScale)), shift), sum(logScale)];
  },
  inverse(params, x, scope, { event }) {
    const { shift, logScale } = started(params, x, scope, event, (centre, logDeviation) => ({
      shift: centre,
      logScale: logDeviation,
    }));
    return [mul(sub(x, shift), exp(neg(logScale))), neg(sum(logScale))];
  },
});
