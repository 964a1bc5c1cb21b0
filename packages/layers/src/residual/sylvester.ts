/**
 * Sylvester flows.
 *
 * @module
 */
import {
  add,
  defineLayer,
  div,
  equal,
  expandDims,
  iota,
  less,
  matmul,
  mul,
  neg,
  normalInit,
  OptionError,
  rootFinding,
  scan,
  size,
  softplus,
  sub,
  sum,
  type Tensor,
  transpose,
  triangularSolve,
  z,
  zeros,
} from "@normflow/core";
import { reflectionTriangle } from "../linear/householder.ts";
import { linear } from "../network/dense.ts";
import { bend, bendRoot, logDeterminant } from "./bend.ts";
import { type ContextOptions, contextOptions, contextParameters, movedByContext } from "./context-moves.ts";

/** Options of `sylvesterLayer`. */
export interface SylvesterLayerOptions extends ContextOptions {
  /** Size D of an event. */
  features: number;
  /** Directions M along which the event is bent, at most D; D unless told. */
  rank?: number | undefined;
}

/** 1 + rᵢᵢ r̃ᵢᵢ stays this far above 0: what is flatter has no inverse in float32. */
const LEAST_SLOPE = 1e-4;

/** The scales r̃ᵢᵢ stay above this. */
const LEAST_SCALE = 1e-2;

/** softplus(START) = 1 − least, so that a zero parameter gives 1. */
const start = (least: number): number => Math.log(Math.expm1(1 - least));

/** M orthonormal columns [D, M] of the product of M reflections. */
function orthonormal(reflections: Tensor): Tensor {
  const [m, d] = reflections.shape as readonly [number, number];
  const first = equal(expandDims(iota(d), 1), iota(m));
  const solved = triangularSolve(reflectionTriangle(reflections), matmul(reflections, first), { lower: false });
  return sub(first, matmul(reflections, solved, { transposeA: true }));
}

/** R, R̃ and b as they enter the map, and 1 + rᵢᵢ r̃ᵢᵢ. */
interface Bends {
  readonly outer: Tensor;
  readonly inner: Tensor;
  readonly bias: Tensor;
  readonly slope: Tensor;
}

/** Upper triangles of the two squares; the diagonals are r̃ = softplus(a) > 0 and r = (softplus(c) − 1)/r̃. */
function triangles(outer: Tensor, inner: Tensor, bias: Tensor): Bends {
  const m = bias.shape.at(-1) as number;
  const [row, column] = [expandDims(iota(m), 1), iota(m)];
  const [above, diagonal] = [less(row, column), equal(row, column)];
  const positive = (square: Tensor, least: number): Tensor =>
    add(softplus(add(sum(mul(square, diagonal), -1), start(least))), least);
  const scale = positive(inner, LEAST_SCALE);
  const slope = positive(outer, LEAST_SLOPE);
  const upper = (square: Tensor, entries: Tensor): Tensor =>
    add(mul(square, above), mul(diagonal, expandDims(entries, -1)));
  return { outer: upper(outer, div(sub(slope, 1), scale)), inner: upper(inner, scale), bias, slope };
}

/** A square times a vector, each with or without a batch. */
const times = (square: Tensor, vector: Tensor): Tensor =>
  square.rank === 2 ? linear(square, vector) : sum(mul(square, expandDims(vector, -2)), -1);

/** Brings an axis to the front. */
const leadingAxis = (x: Tensor, axis: number): Tensor => {
  const at = x.rank + axis;
  return transpose(x, [at, ...[...x.shape.keys()].filter((i) => i !== at)]);
};

/**
 * Solves v + R h(R̃ v + b) = y for h, from the last entry to the first: R and R̃ are triangular, so that each entry's
 * equation has one unknown, t + rᵢᵢ r̃ᵢᵢ h(t) = r̃ᵢᵢ ρ + k for what is known by then.
 */
function solve({ outer, inner, bias, slope }: Bends, y: Tensor): { readonly h: Tensor; readonly dh: Tensor } {
  const m = y.shape.at(-1) as number;
  const zero = mul(y, 0);
  const bound = (x: Tensor, rank: number): Tensor => (x.rank > rank ? leadingAxis(x, -rank) : x);
  const [[, h, dh]] = scan(
    ([v, heights, slopes], [r, rTilde, b, s, target, unit]) => {
      const known = add(sum(mul(rTilde!, v!), -1), b!);
      const rest = sub(target!, sum(mul(r!, heights!), -1));
      const scale = sum(mul(rTilde!, unit!), -1);
      const t = bendRoot(sub(s!, 1), add(mul(scale, rest), known), undefined);
      const found = bend(t, undefined);
      const here = (x: Tensor): Tensor => mul(expandDims(x, -1), unit!);
      const entry = sub(rest, mul(sum(mul(r!, unit!), -1), found.h));
      return [[add(v!, here(entry)), add(heights!, here(found.h)), add(slopes!, here(found.dh))], []];
    },
    [zero, zero, zero] as readonly Tensor[],
    [
      bound(outer, 2),
      bound(inner, 2),
      bound(bias, 1),
      bound(slope, 1),
      leadingAxis(y, -1),
      equal(expandDims(iota(m), 1), iota(m)),
    ] as const,
    { length: m, reverse: true },
  );
  return { h: h!, dh: dh! };
}

/**
 * Bends space along M directions at once, `x = z + Q R h(R̃ Qᵀ z + b)` with orthonormal columns Q, upper triangular R and
 * R̃, and h = tanh; event `[features]`, log-det `Σ ln(1 + rᵢᵢ r̃ᵢᵢ h′ᵢ)`.
 *
 * Q is a product of M Householder reflections; rᵢᵢ r̃ᵢᵢ > −1 + 10⁻⁴ keeps the map invertible. It starts as the identity.
 * A context moves R, R̃ and b by a perceptron. Forward is one pass; inverse finds M scalars one after the other, each in
 * a bracket, with an exact gradient.
 *
 * @throws {OptionError} where the rank is above the number of features
 * @see van den Berg, Hasenclever, Tomczak & Welling 2018, Sylvester Normalizing Flows for Variational Inference
 * @example chain([sylvesterLayer({ features: 4 }), sylvesterLayer({ features: 4, rank: 2 })])
 */
export const sylvesterLayer = defineLayer({
  kind: "sylvester",
  options: z.object({ features: size, rank: z.optional(size), ...contextOptions }),
  facts: ({ features, rank = features, context }: SylvesterLayerOptions) => {
    if (rank > features)
      throw new OptionError("sylvester-rank", `sylvester: its rank is ${rank}, an event has ${features} features.`, {
        hint: `There are ${features} directions at most.`,
      });
    return {
      event: [features],
      context: context === undefined ? undefined : [context],
      inverse: rootFinding,
    };
  },
  params: (options) => {
    const { features, rank = features } = options;
    return {
      reflections: normalInit([rank, features], 1),
      outer: zeros([rank, rank]),
      inner: zeros([rank, rank]),
      bias: normalInit([rank], 1),
      network: contextParameters(options, 2 * rank * rank + rank),
    };
  },

  forward({ reflections, outer, inner, bias }, base, scope, options) {
    const own = movedByContext({ outer, inner, bias }, base, scope, options);
    const bends = triangles(own.outer, own.inner, own.bias);
    const q = orthonormal(reflections);
    const { h, dh } = bend(add(times(bends.inner, linear(transpose(q), base)), bends.bias), undefined);
    const moved = add(base, linear(q, times(bends.outer, h)));
    return [moved, sum(logDeterminant(bends.slope, dh), -1)];
  },
  inverse({ reflections, outer, inner, bias }, x, scope, options) {
    const own = movedByContext({ outer, inner, bias }, x, scope, options);
    const bends = triangles(own.outer, own.inner, own.bias);
    const q = orthonormal(reflections);
    const { h, dh } = solve(bends, linear(transpose(q), x));
    return [sub(x, linear(q, times(bends.outer, h))), neg(sum(logDeterminant(bends.slope, dh), -1))];
  },
});
