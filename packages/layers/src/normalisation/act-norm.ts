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
  reshape,
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
  const batch = x.rank - event.length;
  if (batch === 0)
    throw new ShapeError(
      "act-norm-batch",
      "act-norm: its first values come from a batch, and there is a single event.",
      {
        hint: "Give the first batch a batch axis.",
      },
    );
  const shared = Array.from({ length: x.rank }, (_, i) => i).filter(
    (i) => i < batch || given.shift.shape[i - batch] === 1,
  );
  const average = (values: Tensor): Tensor => reshape(mean(values, shared, true), given.shift.shape);
  const centre = average(x);
  const variance = average(square(sub(x, centre)));
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

/** Options of `actNorm`. */
export interface ActNormOptions {
  event: number[];
  /** Whether all entries of a channel, the event's first axis, share one scale and shift; false unless told. */
  perChannel?: boolean | undefined;
}

/** The shape of the scales: the event's, or one number a channel. */
const scalesOf = ({ event, perChannel }: ActNormOptions): number[] =>
  perChannel ? event.map((d, i) => (i === 0 ? d : 1)) : event;

/** Σ s over the event, where one scale may stand for a whole channel. */
const logDetOf = (logScale: Tensor, { event, perChannel }: ActNormOptions): Tensor =>
  perChannel
    ? mul(
        sum(logScale),
        event.slice(1).reduce((a, b) => a * b, 1),
      )
    : sum(logScale);

/**
 * Scales and shifts each entry, `x = z·eˢ + t`, log-det `Σ s`, starting so that the first batch comes out with mean 0
 * and deviation 1 in each entry; with `perChannel` an image [C, H, W] has one scale and shift a channel, log-det
 * `H·W·Σ s`.
 *
 * The start happens in a program of mode `init`, in the direction that it runs, and is recorded in the state
 * `initialised`: a loaded or a resumed model keeps what it has.
 *
 * @throws {ShapeError} where mode `init` meets a single event without a batch
 * @see Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions, section 3.1
 */
export const actNorm = defineLayer({
  kind: "act-norm",
  options: z.object({ event: shape, perChannel: z.optional(z.boolean()) }),
  facts: ({ event }: ActNormOptions) => ({ event, monotone: 1, constantLogDet: true }),
  params: (options) => ({ shift: zeros(scalesOf(options)), logScale: zeros(scalesOf(options)) }),
  state: () => ({ initialised: zeros([]) }),

  forward(params, base, scope, options) {
    const { shift, logScale } = started(params, base, scope, options.event, (centre, logDeviation) => ({
      shift: neg(div(centre, exp(logDeviation))),
      logScale: neg(logDeviation),
    }));
    return [add(mul(base, exp(logScale)), shift), logDetOf(logScale, options)];
  },
  inverse(params, x, scope, options) {
    const { shift, logScale } = started(params, x, scope, options.event, (centre, logDeviation) => ({
      shift: centre,
      logScale: logDeviation,
    }));
    return [mul(sub(x, shift), exp(neg(logScale))), neg(logDetOf(logScale, options))];
  },
});
