/**
 * Roots of increasing functions, for inverses that have no closed form.
 *
 * @module
 */
import {
  abs,
  add,
  broadcastTo,
  customVjp,
  div,
  FlowError,
  greater,
  greaterEqual,
  inline,
  loop,
  max,
  mul,
  neg,
  not,
  select,
  sub,
  sum,
  type Tensor,
  trace,
  vjp,
} from "@normflow/core";

/** Newton steps and halvings; the bracket of a double closes in fewer. */
const LIMIT = 90;

/** A step of which this share is lost in rounding is a small one. */
const NOISE = 2 ** -6;

/** The places to which a root is found are those of the larger of itself and this share of the first bracket. */
const SHARE = 1e-3;

/** What is searched: an increasing function of t for each entry, and where its root lies. */
export interface RootSearch {
  /** What it is called in a printed graph. */
  readonly name: string;
  /**
   * The function and its derivative by t, both of t's shape; increasing in t, entry by entry. It must reach everything
   * else that it depends on through `params`, or the gradient would not know of it.
   */
  residual(t: Tensor, params: readonly Tensor[]): readonly [value: Tensor, slope: Tensor];
  readonly params: readonly Tensor[];
  /** A bracket in the root's shape, where the function is ≤ 0 and ≥ 0; it gets no gradient. */
  readonly low: Tensor;
  readonly high: Tensor;
}

/** Newton's method in a bracket: a step that leaves it, or that shrinks too slowly, is replaced by a halving. */
function search({ residual }: RootSearch, params: readonly Tensor[], low: Tensor, high: Tensor): Tensor {
  const least = mul(SHARE, sub(high, low));
  const [root] = loop(
    ([, , , , open]) => greater(sum(open!), 0),
    ([t, a, b, last, open]) => {
      const [value, slope] = residual(t!, params);
      const above = greater(value, 0);
      const [left, right] = [select(above, a!, t!), select(above, t!, b!)];
      const newton = sub(t!, div(value, slope));
      const inside = mul(greaterEqual(newton, left), greaterEqual(right, newton));
      const fast = greaterEqual(abs(mul(last!, slope)), mul(2, abs(value)));
      // So near the root Newton's steps shrink faster than by half, unless all that they see is rounding.
      const scale = max(abs(t!), least);
      const small = not(greater(add(scale, mul(NOISE, abs(sub(newton, t!)))), scale));
      const noise = mul(inside, mul(not(fast), small));
      const next = select(max(mul(inside, fast), noise), newton, mul(0.5, add(left, right)));
      const step = select(open!, sub(next, t!), 0);
      // A quarter of the step is lost in rounding: no more is to be had, in float32 as in float64. NaN ends it as well.
      const more = mul(not(noise), greater(add(scale, mul(0.25, abs(step))), scale));
      return [select(open!, next, t!), left, right, abs(step), more] as readonly Tensor[];
    },
    [
      mul(0.5, add(low, high)),
      low,
      high,
      sub(high, low),
      // Open wherever the bracket is not a point; a NaN stays what it is.
      greater(high, low),
    ] as readonly Tensor[],
    { limit: LIMIT },
  );
  return root!;
}

/** Cotangents of the parameters at a fixed root, −g·∂f/∂params with g = ct / (∂f/∂t). */
function implicit(
  { name, residual }: RootSearch,
  t: Tensor,
  params: readonly Tensor[],
  ct: Tensor,
): readonly (Tensor | undefined)[] {
  // Traced apart, so that the root is a variable of its own here and not what the parameters made it.
  const pull = trace(
    {
      t: t.shape,
      ct: ct.shape,
      ...Object.fromEntries(params.map((p, i) => [`p${i}`, p.shape])),
    },
    (inputs) => {
      const own = params.map((_, i) => inputs[`p${i}` as "t"]);
      const [value, slope] = residual(inputs.t, own);
      const pulled = vjp([value], [neg(div(inputs.ct, slope))], own);
      return Object.fromEntries(pulled.map((p, i) => [`g${i}`, p]));
    },
  );
  if (pull.inputs.length !== params.length + 2)
    throw new FlowError("root-captures", `${name}: its function reads values that are not among its parameters.`, {
      hint: "Pass every tensor that the function depends on through params: others would get no gradient.",
    });
  return inline(pull, [t, ct, ...params]);
}

/**
 * Finds the t with f(t; params) = 0 for an increasing f, entry by entry, by Newton's method safeguarded with bisection.
 *
 * The root is as exact as the numbers that the backend computes with allow; each entry stops on its own, the whole when
 * none is left, after some ten evaluations as a rule and 90 at most. Its gradient is that of the implicit function
 * theorem, dt = −(∂f/∂params · dparams) / (∂f/∂t), made of ordinary operators, so that it has gradients of any order.
 *
 * @throws {FlowError} `root-captures` where a gradient is taken and the function reads tensors besides its parameters
 * @see Press, Teukolsky, Vetterling & Flannery 2007, Numerical Recipes, section 9.4, for the safeguard
 * @example
 * // x³ + x = y, whose root lies between −|y| and |y|
 * const root = (y: Tensor): Tensor =>
 *   bracketedRoot({
 *     name: "cubic",
 *     residual: (t, [y1]) => [sub(add(mul(t, square(t)), t), y1!), add(mul(3, square(t)), 1)],
 *     params: [y],
 *     low: neg(abs(y)),
 *     high: abs(y),
 *   });
 */
export function bracketedRoot(given: RootSearch): Tensor {
  const low = broadcastTo(given.low, given.high.shape);
  const high = broadcastTo(given.high, low.shape);
  const [root] = customVjp(
    given.name,
    (inputs) => [search(given, inputs.slice(2), inputs[0]!, inputs[1]!)],
    ([, , ...params], [t], [ct]) => [undefined, undefined, ...implicit(given, t!, params, ct!)],
    [low, high, ...given.params],
  );
  return root;
}
