/**
 * The monotone network of neural autoregressive flows.
 *
 * @module
 */
import {
  abs,
  add,
  amax,
  broadcastTo,
  concat,
  constant,
  definePart,
  div,
  exp,
  expandDims,
  logSigmoid,
  logSoftmax,
  logSumExp,
  mul,
  neg,
  size,
  slice,
  sub,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { bracketedRoot } from "../root/bracketed-root.ts";

/** Options of `deepSigmoid`. */
export interface DeepSigmoidOptions {
  /** Sigmoids K of a layer; 16 unless told. */
  units: number;
  /** Layers of sigmoids, one after the other; 1 unless told. */
  depth: number;
}

/** Weight of a sigmoid with slope 1 about 0 that is always there, so that the map is nowhere flat within the bounds. */
const FLOOR = 1e-3;

/** Slopes and centres move up to these away from their start: ln 1000, and far outside standardised data. */
const SLOPE_BOUND = Math.log(1000);
const CENTRE_BOUND = 10;

/** Slope of all sigmoids at the start. */
const FIRST_SLOPE = 2;

/**
 * Where the sigmoids of slope 2 stand at the start: at the quantiles of the density whose convolution with the logistic
 * density of slope 2 is that of slope 1, so that a layer starts close to the identity.
 */
const firstCentres = (units: number): number[] =>
  Array.from({ length: units }, (_, i) => 2 * Math.atanh(Math.tan((Math.PI / 2) * ((i + 0.5) / units - 0.5))));

/** x/(1 + |x|/B), which is x near 0 and stays within ±B. */
const softly = (x: Tensor, bound: number): Tensor => div(x, add(1, mul(1 / bound, abs(x))));

/** What describes one layer: logarithms of slopes and weights, and the centres, all [..., K + 1]. */
type Sigmoids = readonly [logSlope: Tensor, centre: Tensor, logWeight: Tensor];

/** The sigmoids of one layer from its share of θ; the last is the one that is always there. */
function sigmoidsOf(theta: Tensor, units: number): Sigmoids {
  const part = (i: number): Tensor => slice(theta, -1, i * units, units);
  const withFloor = (own: Tensor, floor: number): Tensor =>
    concat([own, broadcastTo(floor, [...own.shape.slice(0, -1), 1])], -1);
  return [
    withFloor(add(softly(part(0), SLOPE_BOUND), Math.log(FIRST_SLOPE)), 0),
    withFloor(add(softly(part(1), CENTRE_BOUND), constant(firstCentres(units))), 0),
    withFloor(add(logSoftmax(part(2), -1), Math.log(1 - FLOOR)), Math.log(FLOOR)),
  ];
}

/** y = logit Σ wⱼ σ(aⱼ(x − cⱼ)) and ln dy/dx, from logarithms throughout: no sum of sigmoids rounds to 0 or to 1. */
function evaluate([logSlope, centre, logWeight]: Sigmoids, x: Tensor): readonly [y: Tensor, logSlope: Tensor] {
  const s = mul(exp(logSlope), sub(expandDims(x, -1), centre));
  const below = add(logWeight, logSigmoid(s));
  const above = sub(below, s);
  const logBelow = logSumExp(below, -1);
  const logAbove = logSumExp(above, -1);
  const logDensity = logSumExp(add(add(logSlope, below), sub(logSigmoid(s), s)), -1);
  return [sub(logBelow, logAbove), sub(logDensity, add(logBelow, logAbove))];
}

/** The x at which a layer gives y: every sigmoid alone gives it at cⱼ + y/aⱼ, so the mixture between the extremes. */
function invert(sigmoids: Sigmoids, y: Tensor): Tensor {
  const [logSlope, centre] = sigmoids;
  const alone = add(centre, div(expandDims(y, -1), exp(logSlope)));
  return bracketedRoot({
    name: "deep-sigmoid-inverse",
    residual: (t, [y1, ...given]) => {
      const [value, logSlopeThere] = evaluate(given as unknown as Sigmoids, t);
      return [sub(value, y1!), exp(logSlopeThere)];
    },
    params: [y, ...sigmoids],
    low: neg(amax(neg(alone), -1)),
    high: amax(alone, -1),
  });
}

const network = definePart<DeepSigmoidOptions, Transformation>({
  kind: "deep-sigmoid",
  options: z.object({ units: size, depth: size }),
  build: ({ units, depth }) => {
    const layersOf = (theta: Tensor): Sigmoids[] =>
      Array.from({ length: depth }, (_, i) => sigmoidsOf(slice(theta, -1, i * 3 * units, 3 * units), units));
    return {
      role: "transformation",
      parameters: 3 * units * depth,
      domain: "real",
      codomain: "real",
      searches: "inverse",
      forward(theta, x) {
        let [y, total] = [x, undefined as Tensor | undefined];
        for (const layer of layersOf(theta)) {
          const [next, logSlope] = evaluate(layer, y);
          [y, total] = [next, total ? add(total, logSlope) : logSlope];
        }
        return [y, total!];
      },
      inverse(theta, y) {
        let [x, total] = [y, undefined as Tensor | undefined];
        for (const layer of layersOf(theta).reverse()) {
          x = invert(layer, x);
          const [, logSlope] = evaluate(layer, x);
          total = total ? sub(total, logSlope) : neg(logSlope);
        }
        return [x, total!];
      },
    };
  },
});

/**
 * Maps scalars by a monotone network of sigmoids, `y = logit Σⱼ wⱼ σ(aⱼ(x − cⱼ))` with w on the simplex and a > 0, as
 * many layers of it as `depth` says; the identity, almost, at θ = 0.
 *
 * θ […, 3·units·depth], for each layer ln a, c and ln w up to constants; slopes stay within 1000 times their start, centres
 * within 10 of theirs, for features of about unit scale. A thousandth of the weight belongs to a sigmoid of slope 1 about
 * 0, so the map is onto ℝ and nowhere flat, and densities made of it integrate to 1. Its inverse is a search
 * (`bracketedRoot`): in a flow whose density should be the fast direction, put it into `invertTransformation`.
 *
 * @see Huang, Krueger, Lacoste & Courville 2018, Neural Autoregressive Flows, section 3.1
 * @example
 * autoregressive({
 *   transformation: invertTransformation(deepSigmoid()),
 *   conditioner: maskedMlp({ features: 2, parameters: 48 }),
 * });
 */
export const deepSigmoid = withDefaults<DeepSigmoidOptions, "units" | "depth", Transformation>(network, {
  units: 16,
  depth: 1,
});
