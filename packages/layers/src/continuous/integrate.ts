/**
 * The flow of a field over a unit of time, with its log-det and the gradient of the adjoint method.
 *
 * @module
 */
import {
  abs,
  add,
  amax,
  broadcastTo,
  concat,
  customVjp,
  div,
  expandDims,
  greater,
  max,
  mul,
  mulSizes,
  neg,
  reshape,
  select,
  slice,
  squeezeAxis,
  stopGradient,
  sum,
  type Tensor,
  vjp,
  withoutGradient,
} from "@normflow/core";
import { type Field, withDivergence } from "./field.ts";
import { type Quadrature, type Slope, type Solution, solveInSteps, solveToTolerance } from "./runge-kutta.ts";

/** How an integral is computed. */
export interface Method {
  readonly solver: "rk4" | "dopri5";
  readonly steps: number;
  readonly tolerance: number;
  /** Whether the gradient is that of the adjoint method, or goes back through the steps. */
  readonly adjoint: boolean;
}

/** From t = 0 to 1, or back. */
export interface Interval {
  readonly from: 0 | 1;
  readonly to: 0 | 1;
}

function solve(slope: Slope, y: Tensor, method: Method, quadrature?: Quadrature): Solution {
  return method.solver === "rk4"
    ? solveInSteps(slope, y, method.steps, quadrature)
    : solveToTolerance(slope, y, method.tolerance, quadrature);
}

/** The time at a share s of the interval. */
const timeAt = ({ from, to }: Interval, s: Tensor): Tensor => add(from, mul(to - from, s));

/** z(to) and ∫ tr ∂f/∂z dt, a row an event. */
function integrated(
  field: Field,
  inputs: readonly Tensor[],
  z: Tensor,
  probe: Tensor | undefined,
  interval: Interval,
  method: Method,
): readonly [Tensor, Tensor] {
  const features = z.shape[1] as number;
  const sign = interval.to - interval.from;
  const slope: Slope = (s, y) => {
    const t = timeAt(interval, s);
    const { value, divergence } = withDivergence((v) => field.apply(inputs, t, v), slice(y, 1, 0, features), probe);
    return mul(sign, concat([value, expandDims(divergence, 1)], 1));
  };
  const start = concat([z, broadcastTo(0, [z.shape[0]!, 1])], 1);
  const { y } = solve(slope, start, method);
  return [slice(y, 1, 0, features), squeezeAxis(slice(y, 1, features, 1), 1)];
}

/** The rows of x one after another, as often as there are stages. */
const tiled = (x: Tensor, stages: number): Tensor =>
  reshape(broadcastTo(x, [stages, ...x.shape]), [mulSizes(stages, x.shape[0]!), ...x.shape.slice(1)]);

/**
 * Cotangents of z(from) and of the field's inputs from those of z(to) and of the log-det: with H = a·f + c·tr ∂f/∂z,
 * solves dz/dt = f and da/dt = −∂H/∂z back from z(to), and integrates ∂H/∂θ along the way.
 *
 * The integral of ∂H/∂θ is a quadrature that the error control leaves out, since nothing on the way depends on it.
 */
function adjoint(
  field: Field,
  inputs: readonly Tensor[],
  z: Tensor,
  probe: Tensor | undefined,
  cotangents: readonly [value: Tensor, logDet: Tensor],
  interval: Interval,
  method: Method,
): readonly Tensor[] {
  const features = z.shape[1] as number;
  const back: Interval = { from: interval.to, to: interval.from };
  const sign = back.to - back.from;
  // The adjoint is linear in its cotangents: each row is solved at the size 1, so that the tolerance has a meaning.
  const largest = max(amax(abs(cotangents[0]), -1), abs(cotangents[1]));
  const scale = select(greater(largest, 0), largest, 1);
  const start = concat([z, div(cotangents[0], expandDims(scale, -1))], 1);
  const c = div(cotangents[1], scale);
  const hamiltonian = (given: readonly Tensor[], s: Tensor, y: Tensor, stages: number) => {
    const at = slice(y, 1, 0, features);
    const a = slice(y, 1, features, features);
    const all = (x: Tensor): Tensor => (stages === 1 ? x : tiled(x, stages));
    const own = field.conditional ? [...given.slice(0, -1), all(given.at(-1)!)] : given;
    const t = timeAt(back, s);
    const { value, divergence } = withDivergence((v) => field.apply(own, t, v), at, probe && all(probe));
    return { at, value, energy: add(sum(mul(a, value), -1), mul(all(c), divergence)) };
  };
  const slope: Slope = (s, y) => {
    const { at, value, energy } = hamiltonian(inputs, s, y, 1);
    const [pulled] = vjp([energy], [broadcastTo(1, energy.shape)], [at]);
    return mul(sign, concat([value, neg(pulled!)], 1));
  };
  const quadrature: Quadrature = {
    start: inputs.map((t) => broadcastTo(0, t.shape)),
    add: (sums, s, y, weight, stages) => {
      // The stages are taken as they are: the inputs' effect on them is what the adjoint itself accounts for.
      const { energy } = hamiltonian(inputs, s, stopGradient(y), stages);
      const pulled = vjp([energy], [mul(mul(weight, -sign), tiled(scale, stages))], inputs);
      return sums.map((total, i) => add(total, pulled[i]!));
    },
  };
  const { y, sums } = solve(slope, start, method, quadrature);
  return [mul(slice(y, 1, features, features), expandDims(scale, -1)), ...sums];
}

/**
 * Moves z [N, D] along a field from one end of the unit of time to the other, and integrates its divergence.
 *
 * @param probe signs for the estimate of the trace, of z's shape; exact without
 */
export function flowAlong(
  field: Field,
  z: Tensor,
  probe: Tensor | undefined,
  interval: Interval,
  method: Method,
): readonly [Tensor, Tensor] {
  if (!method.adjoint) return integrated(field, field.inputs, z, probe, interval, method);
  const fixed = probe ? [probe] : [];
  const parts = (all: readonly Tensor[]) => ({ signs: probe ? all[0] : undefined, inputs: all.slice(fixed.length) });
  const [value, logDet] = customVjp(
    "ffjord",
    ([start, ...rest]) => {
      const { signs, inputs } = parts(rest);
      return integrated(field, inputs, start!, signs, interval, method);
    },
    ([, ...rest], [end], [ctValue, ctLogDet]) => {
      const [gz, ...gradients] = withoutGradient(
        "ffjord-adjoint",
        ([at, ct, c, ...all]) => {
          const { signs, inputs } = parts(all);
          return adjoint(field, inputs, at!, signs, [ct!, c!], interval, method);
        },
        [end!, ctValue!, ctLogDet!, ...rest],
        'The adjoint method gives one derivative; ffjordLayer({ solver: "rk4", adjoint: false }) has them all.',
      );
      return [gz, ...fixed.map(() => undefined), ...gradients];
    },
    [z, ...fixed, ...field.inputs],
  );
  return [value, logDet];
}
