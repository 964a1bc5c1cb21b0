/**
 * Runge–Kutta methods on a batch of states, each row with a time and a step of its own.
 *
 * @module
 */
import {
  abs,
  add,
  broadcastTo,
  concat,
  constant,
  div,
  exp,
  expandDims,
  greater,
  greaterEqual,
  leading,
  lessEqual,
  log,
  loop,
  max,
  mean,
  min,
  mul,
  scan,
  select,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type TensorLike,
} from "@normflow/core";

/** dy/ds of s [N] and y [N, M]. */
export type Slope = (s: Tensor, y: Tensor) => Tensor;

/** Integrals along the way that the error control does not look at: sums of weight · value over all stages. */
export interface Quadrature {
  readonly start: readonly Tensor[];
  /** Adds what stages s [S·N], y [S·N, M] of the given weights [S·N] contribute; `stages` is S. */
  readonly add: (sums: readonly Tensor[], s: Tensor, y: Tensor, weight: Tensor, stages: number) => readonly Tensor[];
}

/** The state at s = 1 [N, M], and the integrals. */
export interface Solution {
  readonly y: Tensor;
  readonly sums: readonly Tensor[];
}

/** Nodes, coefficients and weights of an explicit method. */
interface Tableau {
  readonly nodes: readonly number[];
  readonly rows: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

/** The classical method of fourth order. @see Kutta 1901 */
const rk4: Tableau = {
  nodes: [0, 1 / 2, 1 / 2, 1],
  rows: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  weights: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
};

/** Order 5 with an error estimate of order 4; the last stage is the first one of the next step. @see Dormand & Prince 1980 */
const dopri5: Tableau = {
  nodes: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1],
  rows: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  ],
  weights: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
};

/** Weights of order 5 less those of order 4. */
const ERROR_WEIGHTS = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/** Steps, rejected ones included, up to which an adaptive solution may take. */
export const STEP_LIMIT = 1000;

/** The first step, the shortest one (which is taken whatever its error), and how fast steps may change. */
const FIRST_STEP = 0.05;
const SHORTEST_STEP = 1e-5;
const SAFETY = 0.9;
const [LEAST_GROWTH, MOST_GROWTH] = [0.2, 10];

const rowwise = (factor: Tensor): Tensor => (factor.rank === 0 ? factor : expandDims(factor, -1));

/** y + h Σ wᵢ kᵢ */
function moved(y: Tensor, h: Tensor, weights: readonly number[], slopes: readonly Tensor[]): Tensor {
  const terms = weights.flatMap((w, i) => (w === 0 ? [] : [mul(w, slopes[i]!)]));
  return terms.length === 0 ? y : add(y, mul(rowwise(h), terms.reduce(add)));
}

/** The stages of one step of h from (s, y), whose first slope may be known. */
function stagesOf(tableau: Tableau, slope: Slope, s: Tensor, h: Tensor, y: Tensor, first?: Tensor) {
  const times: Tensor[] = [];
  const states: Tensor[] = [];
  const slopes: Tensor[] = [];
  tableau.rows.forEach((row, i) => {
    times.push(i === 0 ? s : add(s, mul(tableau.nodes[i]!, h)));
    states.push(moved(y, h, row, slopes));
    slopes.push(i === 0 && first ? first : slope(times[i]!, states[i]!));
  });
  return { times, states, slopes, end: moved(y, h, tableau.weights, slopes) };
}

/** Hands the stages of a step to the integrals in one batch: a few larger products instead of many small ones. */
function gathered(
  quadrature: Quadrature,
  sums: readonly Tensor[],
  tableau: Tableau,
  times: readonly Tensor[],
  states: readonly Tensor[],
  h: Tensor,
): readonly Tensor[] {
  const used = tableau.weights.flatMap((w, i) => (w === 0 ? [] : [i]));
  const rows = leading(states[0]!.shape, 1);
  return quadrature.add(
    sums,
    concat(
      used.map((i) => times[i]!),
      0,
    ),
    concat(
      used.map((i) => states[i]!),
      0,
    ),
    concat(
      used.map((i) => broadcastTo(mul(h, tableau.weights[i]!), rows)),
      0,
    ),
    used.length,
  );
}

const none: Quadrature = { start: [], add: () => [] };

/** Solves dy/ds from s = 0 to 1 in equal steps of the classical method; reverse mode goes through it. */
export function solveInSteps(slope: Slope, y: Tensor, steps: number, quadrature: Quadrature = none): Solution {
  const h = constant(1 / steps);
  const rows = leading(y.shape, 1);
  const [[end, ...sums]] = scan(
    ([at, ...before], _, index) => {
      const { times, states, end: next } = stagesOf(rk4, slope, broadcastTo(mul(index, h), rows), h, at!);
      return [[next, ...gathered(quadrature, before, rk4, times, states, h)], []];
    },
    [y, ...quadrature.start] as readonly Tensor[],
    [],
    { length: steps },
  );
  return { y: end!, sums };
}

/** ‖error / (tolerance (1 + |y|))‖ of each row, the mean of squares' root; large where it is not finite. */
function errorRatio(error: Tensor, y: Tensor, next: Tensor, tolerance: number): Tensor {
  const scaled = mul(error, 1 / tolerance);
  const ratio = sqrt(mean(square(div(scaled, add(1, max(abs(y), abs(next))))), -1));
  return select(lessEqual(ratio, 1e6), ratio, 1e6);
}

/**
 * Solves dy/ds from s = 0 to 1 by Dormand and Prince's method, with steps that keep the error of each within
 * tolerance · (1 + |y|).
 *
 * Every row has steps of its own, so an event's result does not depend on the others of its batch; rows that have arrived
 * stay. A row that has not after 1,000 steps comes out as NaN.
 *
 * @see Hairer, Nørsett & Wanner 1993, Solving Ordinary Differential Equations I, section II.4
 */
export function solveToTolerance(slope: Slope, y: Tensor, tolerance: number, quadrature: Quadrature = none): Solution {
  const rows = leading(y.shape, 1);
  const start = broadcastTo(0, rows);
  const [s, , end, , ...sums] = loop(
    ([at]) => greater(sum(greater(1, at!)), 0),
    ([at, step, state, first, ...before]) => {
      const left = sub(1, at!);
      const active = greater(left, 0);
      const h = min(step!, left);
      const { times, states, slopes, end: next } = stagesOf(dopri5, slope, at!, h, state!, first!);
      const last = slope(add(at!, h), next);
      const ends = [...slopes, last];
      const error = mul(rowwise(h), ERROR_WEIGHTS.flatMap((w, i) => (w === 0 ? [] : [mul(w, ends[i]!)])).reduce(add));
      const ratio = errorRatio(error, state!, next, tolerance);
      const good = max(lessEqual(ratio, 1), lessEqual(h, SHORTEST_STEP));
      const taken = mul(active, good);
      const growth = mul(SAFETY, exp(mul(-0.2, log(max(ratio, 1e-10)))));
      const keep = (a: TensorLike, b: Tensor): Tensor => select(b.rank === 1 ? taken : rowwise(taken), a, b);
      return [
        keep(select(greaterEqual(h, left), 1, add(at!, h)), at!),
        select(active, max(mul(h, min(max(growth, LEAST_GROWTH), MOST_GROWTH)), SHORTEST_STEP), step!),
        keep(next, state!),
        keep(last, first!),
        // A rejected stage may be anywhere: the integrals get the state that stands, with weight 0.
        ...gathered(
          quadrature,
          before,
          dopri5,
          times,
          states.map((stage) => keep(stage, state!)),
          mul(h, taken),
        ),
      ] as readonly Tensor[];
    },
    [start, broadcastTo(FIRST_STEP, rows), y, slope(start, y), ...quadrature.start] as readonly Tensor[],
    { limit: STEP_LIMIT },
  );
  return { y: select(rowwise(greaterEqual(s!, 1)), end!, Number.NaN), sums };
}
