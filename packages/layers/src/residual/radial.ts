/**
 * Radial flows.
 *
 * @module
 */
import {
  add,
  defineLayer,
  div,
  dot,
  expandDims,
  greater,
  log1p,
  mul,
  neg,
  normalInit,
  select,
  size,
  softplus,
  sqrt,
  square,
  sub,
  type Tensor,
  z,
  zeros,
} from "@normflow/core";
import { type ContextOptions, contextOptions, contextParameters, movedByContext } from "./context-moves.ts";

/** Options of `radial`. */
export interface RadialOptions extends ContextOptions {
  features: number;
}

/** α is at least this. */
const LEAST_ALPHA = 1e-3;

/** β is at least this share of −α, which keeps the centre from folding over in float32. */
const SHARE = 1 - 1e-3;

/** softplus(START) = SHARE, so that β = 0 at the start. */
const START = Math.log(Math.expm1(SHARE));

/** α = softplus(a) + LEAST_ALPHA > 0 and β = α (softplus(s + START) − SHARE) > −α. */
function shapeOf(rawAlpha: Tensor, rawBeta: Tensor): { readonly alpha: Tensor; readonly beta: Tensor } {
  const alpha = add(softplus(rawAlpha), LEAST_ALPHA);
  return { alpha, beta: mul(alpha, sub(softplus(add(rawBeta, START)), SHARE)) };
}

/** |v|, with gradient 0 at v = 0. */
function norm(v: Tensor): Tensor {
  const squared = dot(v, v);
  const positive = greater(squared, 0);
  return select(positive, sqrt(select(positive, squared, 1)), 0);
}

/** ln |det| = (D − 1) ln(1 + β/(α + r)) + ln(1 + αβ/(α + r)²) at distance r. */
function logDeterminant(alpha: Tensor, beta: Tensor, r: Tensor, features: number): Tensor {
  const reach = add(alpha, r);
  return add(mul(features - 1, log1p(div(beta, reach))), log1p(div(mul(alpha, beta), square(reach))));
}

/**
 * Pushes space away from a centre c or towards it, `x = z + β (z − c)/(α + |z − c|)`, event `[features]`, log-det
 * `(D − 1) ln(1 + β/(α + r)) + ln(1 + αβ/(α + r)²)` with r = |z − c|, α > 0 and β > −α.
 *
 * A context moves all parameters by a perceptron. Both directions are one pass: the distance r from the centre solves a
 * quadratic equation.
 *
 * @see Rezende & Mohamed 2015, Variational Inference with Normalizing Flows, eq. 14, appendix A.2
 * @example chain([radial({ features: 2 }), radial({ features: 2 })])
 */
export const radial = defineLayer({
  kind: "radial",
  options: z.object({ features: size, ...contextOptions }),
  facts: ({ features, context }: RadialOptions) => ({
    event: [features],
    context: context === undefined ? undefined : [context],
  }),
  params: (options) => ({
    centre: normalInit([options.features], 1),
    alpha: zeros([]),
    beta: zeros([]),
    network: contextParameters(options, options.features + 2),
  }),

  forward({ centre: c, alpha: a, beta: b }, base, scope, options) {
    const own = movedByContext({ centre: c, alpha: a, beta: b }, base, scope, options);
    const { alpha, beta } = shapeOf(own.alpha, own.beta);
    const from = sub(base, own.centre);
    const r = norm(from);
    const share = div(beta, add(alpha, r));
    return [add(base, mul(from, expandDims(share, -1))), logDeterminant(alpha, beta, r, options.features)];
  },
  inverse({ centre: c, alpha: a, beta: b }, x, scope, options) {
    const own = movedByContext({ centre: c, alpha: a, beta: b }, x, scope, options);
    const { alpha, beta } = shapeOf(own.alpha, own.beta);
    const from = sub(x, own.centre);
    // r (1 + β/(α + r)) = |x − c| =: d, so r² + p r − α d = 0 with p = α + β − d; of the two forms of its root the one
    // that cancels nothing. The discriminant is positive: at d = 0 it is (α + β)².
    const d = norm(from);
    const p = sub(add(alpha, beta), d);
    const root = sqrt(add(square(p), mul(4, mul(alpha, d))));
    const rising = greater(p, 0);
    const r = select(
      rising,
      div(mul(2, mul(alpha, d)), add(select(rising, p, 1), root)),
      mul(0.5, sub(root, select(rising, 0, p))),
    );
    // z − c = (x − c)/(1 + β/(α + r)), which is (x − c)(α + r)/(α + β + r).
    const share = div(add(alpha, r), add(add(alpha, beta), r));
    return [add(own.centre, mul(from, expandDims(share, -1))), neg(logDeterminant(alpha, beta, r, options.features))];
  },
});

/**
 * The layer's own `alpha` and `beta` for an α ≥ 0.001 and a β > −0.999 α, for weights from elsewhere.
 */
export function radialShape(alpha: number, beta: number): { readonly alpha: [number]; readonly beta: [number] } {
  const raw = (v: number): number => Math.log(Math.expm1(v));
  return { alpha: [raw(alpha - LEAST_ALPHA)], beta: [raw(beta / alpha + SHARE) - START] };
}
