/**
 * Continuous normalizing flows.
 *
 * @module
 */
import {
  type Bijector,
  type Cost,
  defineLayer,
  leading,
  type Mapped,
  type Network,
  OptionError,
  part,
  positive,
  reshape,
  rootFinding,
  type Scope,
  ShapeError,
  shapeText,
  size,
  type Tensor,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { signsOf } from "../residual/log-determinant.ts";
import { type Field, fieldOf } from "./field.ts";
import { flowAlong, type Interval, type Method } from "./integrate.ts";

/** Options of `ffjordLayer`. */
export interface FfjordLayerOptions {
  features: number;
  /** Velocity of [z, t] (and a context): a network from features + 1 numbers to `features`. */
  field: Network;
  /** Steps of adaptive length by Dormand and Prince, or equal ones of the classical method; dopri5 unless told. */
  solver: "dopri5" | "rk4";
  /** Number of rk4's steps; 20 unless told. */
  steps: number;
  /** Largest error of one of dopri5's steps, absolute and relative; 1e-5 unless told. */
  tolerance: number;
  /** The divergence while training: exact, or one random product; evaluation is always exact. exact unless told. */
  trace: "exact" | "hutchinson";
  /** Whether gradients are solved backwards in time rather than kept step by step; dopri5 always does, rk4 if told. */
  adjoint?: boolean | undefined;
}

/** What a `ffjord` layer is made of, for losses that train the field without solving it. */
export interface ContinuousLayer {
  readonly options: FfjordLayerOptions;
}

/** Whether a bijector is a continuous flow. */
export const isContinuous = (layer: Bijector): layer is Bijector & ContinuousLayer => layer.kind === "ffjord";

const contextRows = (field: Network, scope: Scope, batch: Tensor["shape"]): Tensor | undefined => {
  if (!field.context) return undefined;
  const rows = scope.contextFor(batch, field.context.length);
  return rows && reshape(rows, [-1, ...field.context]);
};

/** The field of a layer as its scope has it, for events […batch, D] laid out in rows. */
export const fieldAt = ({ field }: FfjordLayerOptions, scope: Scope, batch: Tensor["shape"]): Field =>
  fieldOf(field, scope.at("field"), contextRows(field, scope, batch));

function methodOf({ solver, steps, tolerance, adjoint }: FfjordLayerOptions): Method {
  if (solver === "dopri5" && adjoint === false)
    throw new OptionError("ffjord-adjoint", "ffjord: the number of dopri5's steps is not known when it is traced.", {
      hint: 'Leave adjoint away, or take solver: "rk4".',
    });
  return { solver, steps, tolerance, adjoint: adjoint ?? solver === "dopri5" };
}

function apply(value: Tensor, scope: Scope, options: FfjordLayerOptions, interval: Interval): Mapped {
  const batch = leading(value.shape, 1);
  const rows = reshape(value, [-1, options.features]);
  const estimated = options.trace === "hutchinson" && scope.mode !== "eval";
  const probe = estimated ? signsOf(scope.noise("probe", { kind: "uniform" }, value.shape)) : undefined;
  const [moved, logDet] = flowAlong(
    fieldAt(options, scope, batch),
    rows,
    probe && reshape(probe, rows.shape),
    interval,
    methodOf(options),
  );
  return [reshape(moved, value.shape), reshape(logDet, batch)];
}

const layer = defineLayer({
  kind: "ffjord",
  options: z.object({
    features: size,
    field: part<Network>("network"),
    solver: z.enum(["dopri5", "rk4"]),
    steps: size,
    tolerance: positive,
    trace: z.enum(["exact", "hutchinson"]),
    adjoint: z.optional(z.boolean()),
  }),
  facts: (options: FfjordLayerOptions) => {
    const { features, field, solver, steps } = options;
    methodOf(options);
    const { in: inputs, out } = field.options as { in?: unknown; out?: unknown };
    if ((inputs !== undefined && inputs !== features + 1) || (out !== undefined && out !== features))
      throw new ShapeError(
        "ffjord-field",
        `ffjord: the field ${field.kind} maps ${inputs} numbers to ${out}; ${features} features and the time want ${features + 1} to ${features}.`,
        { hint: `Give the network in: ${features + 1}, out: ${features}.` },
      );
    if (field.context && field.context.length !== 1)
      throw new ShapeError(
        "ffjord-context",
        `ffjord: the field ${field.kind} conditions on a context ${shapeText(field.context)}; it must be a vector.`,
        { hint: "Give the field a context of one axis, such as mlp({ context: 2, … })." },
      );
    const cost: Cost = solver === "rk4" ? { passes: 4 * steps } : rootFinding;
    return { event: [features], context: field.context, forward: cost, inverse: cost };
  },
  params: ({ field }) => ({ field: field.params }),

  forward: (_, base, scope, options) => apply(base, scope, options, { from: 0, to: 1 }),
  inverse: (_, x, scope, options) => apply(x, scope, options, { from: 1, to: 0 }),
});

/**
 * Follows a learned velocity field, `dz/dt = f(z, t)` from t = 0 (base) to 1 (data), event `[D]`, log-det
 * `∫ tr ∂f/∂z dt`.
 *
 * dopri5 keeps the error of each step within `tolerance · (1 + |z|)`, event by event; an event that takes more than 1,000
 * steps comes out as NaN. Its gradient is that of the adjoint method, and has none of its own. rk4 takes equal steps,
 * whose gradient goes back through them unless `adjoint` is set. The trace is exact, D products a step; with
 * `trace: "hutchinson"` training takes one product with the noise `probe`, without bias. `flowMatching()` trains the same
 * field without solving it.
 *
 * @throws {ShapeError} where the field does not map D + 1 numbers to D
 * @throws {OptionError} where dopri5 is to do without the adjoint
 * @see Chen et al. 2018, Neural Ordinary Differential Equations; Grathwohl et al. 2019, FFJORD; Kidger, Chen & Lyons 2021,
 * "Hey, that's not an ODE"
 * @example ffjordLayer({ features: 2, field: mlp({ in: 3, out: 2, activation: "tanh" }) })
 */
export const ffjordLayer = withDefaults<FfjordLayerOptions, "solver" | "steps" | "tolerance" | "trace", Bijector>(
  layer,
  {
    solver: "dopri5",
    steps: 20,
    tolerance: 1e-5,
    trace: "exact",
  },
);
