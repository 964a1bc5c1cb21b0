/**
 * Planar flows.
 *
 * @module
 */
import {
  add,
  broadcastTo,
  customVjp,
  defineLayer,
  div,
  dot,
  expandDims,
  greater,
  log,
  max,
  min,
  mul,
  neg,
  normalInit,
  scan,
  select,
  size,
  softplus,
  square,
  sub,
  type Tensor,
  tanh,
  z,
  zeros,
} from "@normflow/core";

/** w·û stays this far above −1, the least slope along w: what is flatter has no inverse in float32. */
const LEAST_SLOPE = 1e-4;

/** |w|² up to this counts as 0. */
const TINY = 1e-30;

/** Halvings leave 2·|c|·2⁻⁴⁰ of the bracket, and each Newton step squares what is left of the error. */
const HALVINGS = 40;
const NEWTON_STEPS = 4;

/** û = u + (m(w·u) − w·u) w/|w|² with m(a) = −1 + softplus(a), and slope = 1 + w·û = softplus(w·u) > 0. */
function invertible(u: Tensor, w: Tensor): { readonly û: Tensor; readonly slope: Tensor } {
  const wu = dot(w, u);
  const w2 = dot(w, w);
  // At w = 0 there is no direction to move along, and nothing bends: slope 1.
  const slope = select(greater(w2, TINY), add(softplus(wu), LEAST_SLOPE), 1);
  const û = add(u, mul(sub(sub(slope, 1), wu), div(w, max(w2, TINY))));
  return { û, slope };
}

/** ln |1 + w·û (1 − h²)| as ln(h² + slope (1 − h²)), a sum of positive terms. */
const logDeterminant = (slope: Tensor, h: Tensor): Tensor => {
  const h2 = square(h);
  return log(add(h2, mul(slope, sub(1, h2))));
};

/** t + c tanh t = r by halving [r − |c|, r + |c|], then by Newton's method within what is left. */
function findRoot(c: Tensor, r: Tensor): Tensor {
  const residual = (t: Tensor): Tensor => sub(add(t, mul(c, tanh(t))), r);
  const span = max(c, neg(c));
  const [[low, high]] = scan(
    ([a, b]) => {
      const middle = mul(0.5, add(a!, b!));
      const above = greater(residual(middle), 0);
      return [[select(above, a!, middle), select(above, middle, b!)], []];
    },
    [sub(r, span), add(r, span)] as readonly Tensor[],
    [],
    { length: HALVINGS },
  );
  let t = mul(0.5, add(low!, high!));
  for (let i = 0; i < NEWTON_STEPS; i++) {
    const step = sub(t, div(residual(t), add(1, mul(c, sub(1, square(tanh(t)))))));
    t = min(max(step, low!), high!);
  }
  return t;
}

/** The root t of t + c tanh t = r for c > −1; its gradient comes from the implicit function theorem. */
function solve(c: Tensor, r: Tensor): Tensor {
  const [t] = customVjp(
    "planar-root",
    ([c1, r1]) => [findRoot(c1!, r1!)],
    ([c1], [t1], [ct]) => {
      const h = tanh(t1!);
      const dr = div(ct!, add(1, mul(c1!, sub(1, square(h)))));
      return [neg(mul(h, dr)), dr];
    },
    [broadcastTo(c, r.shape), r],
  );
  return t;
}

/** x moved along û by each event's amount. */
const along = (û: Tensor, amount: Tensor): Tensor => mul(û, expandDims(amount, -1));

/**
 * Pushes space along one direction, `x = z + û tanh(w·z + b)`, event `[features]`, log-det `ln(1 + w·û (1 − tanh²))`.
 *
 * û is `u` moved along `w` until w·û > −1, which is what keeps the map invertible (by 10⁻⁴, so that float32 can follow).
 * Forward is one pass; inverse finds one scalar per event in a fixed number of steps, and has an exact gradient.
 *
 * @see Rezende & Mohamed 2015, Variational Inference with Normalizing Flows, eq. 10–12, appendix A.1
 * @example chain([planar({ features: 2 }), planar({ features: 2 })])
 */
export const planar = defineLayer({
  kind: "planar",
  options: z.object({ features: size }),
  facts: ({ features }) => ({ event: [features], inverse: { search: true } }),
  params: ({ features }) => ({ u: normalInit([features], 0.1), w: normalInit([features], 0.1), b: zeros([]) }),

  forward({ u, w, b }, base) {
    const { û, slope } = invertible(u, w);
    const h = tanh(add(dot(base, w), b));
    return [add(base, along(û, h)), logDeterminant(slope, h)];
  },
  inverse({ u, w, b }, x) {
    const { û, slope } = invertible(u, w);
    // With t = w·z + b, the equation along w is t + w·û tanh t = w·x + b.
    const h = tanh(solve(sub(slope, 1), add(dot(x, w), b)));
    return [sub(x, along(û, h)), neg(logDeterminant(slope, h))];
  },
});

/**
 * The `u` that makes the layer move along a given û, for weights from elsewhere: w·û > −1 + 10⁻⁴.
 *
 * @returns undefined where no u does, since the map has no inverse
 */
export function planarDirection(û: readonly number[], w: readonly number[]): number[] | undefined {
  const wû = w.reduce((total, v, i) => total + v * û[i]!, 0);
  const slope = 1 + wû - LEAST_SLOPE;
  if (slope <= 0) return undefined;
  const wu = Math.log(Math.expm1(slope));
  const w2 = w.reduce((total, v) => total + v * v, 0);
  return û.map((v, i) => v + ((wu - wû) * w[i]!) / w2);
}
