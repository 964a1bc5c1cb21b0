/**
 * The golden vectors: where they lie, and how their kinds are made of our layers.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Base,
  type Bijector,
  chain,
  type Flow,
  flow,
  invert,
  layoutOf,
  mixtureOfNormals,
  standardCauchy,
  standardGumbel,
  standardLaplace,
  standardNormal,
  standardUniform,
  studentT,
} from "@normflow/core";
import {
  cubicSpline,
  elementwiseAffine,
  ffjordLayer,
  histogramCdf,
  householder,
  invertibleConv,
  invertTransformation,
  leakyRelu,
  luLinear,
  mixtureCdf,
  mlp,
  normalCdf,
  permute,
  planar,
  planarDirection,
  quadraticSpline,
  radial,
  radialShape,
  rationalQuadratic,
  rescale,
  rotation,
  sigmoid,
  squeeze,
  tanh,
} from "../index.ts";
import { FIRST_SCALE, firstMeans, LOG_SCALE_BOUND, MEAN_BOUND } from "../transformation/mixture.ts";
import { SCALAR_THETA, scalarLayer } from "./scalar.ts";

type Numbers = number | readonly Numbers[];

/** One case of a file. */
export interface VectorCase {
  readonly id: string;
  readonly bijector?: string;
  readonly distribution?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly event_ndims?: number;
  readonly x: Numbers;
  readonly y?: Numbers;
  readonly log_det?: Numbers;
  readonly log_prob?: Numbers;
  readonly cdf?: readonly number[];
  readonly q?: readonly number[];
  readonly quantile?: readonly number[];
}

/** The folder with the vectors, or undefined. */
export function vectorFolder(): string | undefined {
  const { NORMFLOW_VECTORS: own, NORMFLOW_DATA: data } = process.env;
  return [own, data && join(data, "vectors")].find(
    (folder) => folder !== undefined && folder !== "" && existsSync(folder),
  );
}

/** All cases of bijectors and densities. */
export function readCases(folder: string): VectorCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json") && file !== "training.json")
    .sort()
    .flatMap((file) => (JSON.parse(readFileSync(join(folder, file), "utf8")) as { cases: VectorCase[] }).cases);
}

/** The numbers of nested lists, and their shape. */
export function flatten(numbers: Numbers): { readonly data: number[]; readonly shape: number[] } {
  if (typeof numbers === "number") return { data: [numbers], shape: [] };
  const parts = numbers.map(flatten);
  return { data: parts.flatMap((p) => p.data), shape: [parts.length, ...(parts[0]?.shape ?? [])] };
}

/** A layer and its parameters by path. */
export interface Made {
  readonly layer: Bijector;
  readonly params?: Readonly<Record<string, readonly number[]>>;
  /** 1e-9 unless told. */
  readonly tolerance?: number;
}

/** The parameter vector with given arrays, zero elsewhere. */
export function vectorOf({ params: own }: Pick<Bijector, "params">, params: Made["params"] = {}): Float64Array {
  const layout = layoutOf(own);
  const flat = new Float64Array(layout.size);
  for (const [path, values] of Object.entries(params)) {
    const entry = layout.entries.find((e) => e.path === path);
    if (!entry || entry.parameter.size !== values.length) throw new Error(`${path} is no parameter of that size`);
    flat.set(values, entry.offset);
  }
  return flat;
}

/** W x + b as a layer: W = P L U S with U's diagonal positive and S a diagonal of signs. */
export function matrixLayer(weight: readonly (readonly number[])[], bias: readonly number[]): Made {
  const n = weight.length;
  const rows = weight.map((row) => [...row]);
  const order = rows.map((_, i) => i);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    [order[k], order[pivot]] = [order[pivot]!, order[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j < n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
      rows[i]![k] = factor;
    }
  }
  const signs = rows.map((row, k) => Math.sign(row[k]!));
  const lu = rows.flatMap((row, i) => row.map((v, j) => (j < i ? v : j === i ? Math.log(Math.abs(v)) : v * signs[j]!)));
  const permutation = order.map((_, i) => order.indexOf(i));
  return {
    layer: chain([rescale({ shift: signs.map(() => 0), scale: signs }), luLinear({ features: n, permutation })]),
    params: { "layers/1/lu": lu, "layers/1/bias": bias },
  };
}

const matrixOf = (value: unknown): number[][] => value as number[][];
const listOf = (value: unknown): number[] => value as number[];
const numberOf = (value: unknown): number => value as number;
const zerosLike = (list: readonly unknown[]): number[] => list.map(() => 0);

/** The raw value that soft-clipping takes to `clipped`. */
const unclipped = (clipped: number, limit: number): number => clipped / (1 - Math.abs(clipped) / limit);

/** Raw sizes whose softmax after soft-clipping gives the distances of knots. */
function rawSizes(knots: readonly number[], limit: number): number[] {
  const logs = knots.slice(1).map((knot, k) => Math.log(knot - knots[k]!));
  const centre = (Math.max(...logs) + Math.min(...logs)) / 2;
  return logs.map((v) => unclipped(v - centre, limit));
}

/** A mixture's CDF with given weights, means and scales. */
function mixtureLayer(given: VectorCase["params"], kernel: "logistic" | "normal"): Made {
  const [weights, means, logScales] = ["logit_weights", "means", "log_scales"].map((name) => listOf(given[name])) as [
    number[],
    number[],
    number[],
  ];
  const start = firstMeans(weights.length);
  const theta = [
    ...weights,
    ...means.map((mean, k) => unclipped(mean - start[k]!, MEAN_BOUND)),
    ...logScales.map((v) => unclipped(v - Math.log(FIRST_SCALE), LOG_SCALE_BOUND)),
  ];
  return { layer: scalarLayer(mixtureCdf({ components: weights.length, kernel })), params: { [SCALAR_THETA]: theta } };
}

/** Makes a kind from its parameters and the shape of a case's x; undefined for a variant that we do not claim. */
type Maker = (params: VectorCase["params"], shape: readonly number[]) => Made | undefined;

/** Kinds of bijector by their names in the vectors. */
export const bijectorKinds: Readonly<Record<string, Maker>> = {
  Sigmoid: ({ low, high }) => ({
    layer: sigmoid({ event: [], low: low as number | undefined, high: high as number | undefined }),
  }),
  Tanh: () => ({ layer: tanh({ event: [] }) }),
  LeakyReLU: ({ negative_slope }) => ({ layer: leakyRelu({ event: [], slope: numberOf(negative_slope) }) }),
  Shift: ({ shift }) => ({ layer: elementwiseAffine({ event: [] }), params: { shift: [numberOf(shift)] } }),
  Scale: ({ scale }) => ({ layer: rescale({ shift: [0], scale: [numberOf(scale)] }) }),
  ScaleDiag: ({ scale_diag }) => ({
    layer: elementwiseAffine({ event: [listOf(scale_diag).length] }),
    params: { logScale: listOf(scale_diag).map(Math.log) },
  }),
  NormalCDF: () => ({ layer: normalCdf({ event: [] }) }),
  Permute: ({ permutation }) => ({ layer: permute({ permutation: listOf(permutation) }) }),
  ScaleTriL: ({ scale_tril }) => matrixLayer(matrixOf(scale_tril), zerosLike(matrixOf(scale_tril))),
  FullLinear: ({ weight, bias }) => matrixLayer(matrixOf(weight), listOf(bias)),
  LULinear: ({ lu }) => {
    const given = matrixOf(lu);
    const [lower, upper] = [
      given.map((row, i) => row.map((v, j) => (j <= i ? v : 0))),
      given.map((row, i) => row.map((v, j) => (j === i ? 1 : j > i ? v : 0))),
    ];
    return matrixLayer(
      lower.map((row) => row.map((_, j) => row.reduce((s, v, k) => s + v * upper[k]![j]!, 0))),
      zerosLike(given),
    );
  },
  Invertible1x1Conv: ({ weight, bias }, shape) => ({
    layer: invertibleConv({ event: shape.slice(-3), factors: "free" }),
    params: { weight: matrixOf(weight).flat(), bias: listOf(bias) },
  }),
  Householder: ({ reflection_axis }) => ({
    layer: householder({ features: listOf(reflection_axis).length, reflections: 1 }),
    params: { vectors: listOf(reflection_axis) },
  }),
  HouseholderSequence: ({ q_vectors }) => ({
    layer: householder({ features: matrixOf(q_vectors)[0]!.length, reflections: matrixOf(q_vectors).length }),
    params: { vectors: matrixOf(q_vectors).flat() },
  }),
  Rotation: ({ a }) => ({
    layer: rotation({ features: matrixOf(a).length }),
    params: { square: matrixOf(a).flat() },
  }),
  Squeeze: (_, shape) => ({ layer: squeeze({ event: shape.slice(-3) }) }),
  ContinuousFlow: ({ w1, wt, b1, w2 }) => {
    const [first, time, second] = [matrixOf(w1), listOf(wt), matrixOf(w2)];
    const features = second.length;
    const field = mlp({ in: features + 1, out: features, hidden: [first.length], activation: "tanh" });
    return {
      layer: ffjordLayer({ features, field, tolerance: 1e-10 }),
      params: {
        "field/layers/0/weight": first.flatMap((row, i) => [...row, time[i]!]),
        "field/layers/0/bias": listOf(b1),
        "field/layers/1/weight": second.flat(),
      },
      tolerance: 1e-7,
    };
  },
  // A histogram with no floor, whose θ is the bias of a perceptron with nothing to read; its cells lie on [0, 1].
  LinearSpline: ({ unnormalized_pdf }) => {
    const bins = listOf(unnormalized_pdf).length;
    const cells = scalarLayer(invertTransformation(histogramCdf({ bins, floor: 0 })));
    return {
      layer: invert(chain([cells, rescale({ shift: [0], scale: [1 / bins] })])),
      params: { [`layer/layers/0/${SCALAR_THETA}`]: listOf(unnormalized_pdf) },
    };
  },
  RationalQuadraticSpline: ({ knots_x, knots_y, slopes, tails }) => {
    const [xs, ys, ds] = [listOf(knots_x), listOf(knots_y), listOf(slopes)];
    const leastSlope = 1e-9;
    const limit = -Math.log(leastSlope);
    const inner = tails === "identity" ? ds.slice(1, -1) : ds;
    const theta = [
      ...rawSizes(xs, limit / 2),
      ...rawSizes(ys, limit / 2),
      ...inner.map((d) => unclipped(Math.log(d), limit)),
    ];
    const options = { bins: xs.length - 1, tails: tails as "none" | "identity", bound: -xs[0]! || 1, leastSlope };
    return { layer: scalarLayer(rationalQuadratic(options)), params: { [SCALAR_THETA]: theta } };
  },
  SoftclippedRationalQuadraticSpline: (given) => {
    const [widths, heights, slopes] = ["unconstrained_widths", "unconstrained_heights", "unconstrained_slopes"].map(
      (name) => listOf(given[name]),
    ) as [number[], number[], number[]];
    const options = { bins: widths.length, bound: numberOf(given["bound"]), leastSlope: numberOf(given["min_slope"]) };
    return {
      layer: scalarLayer(rationalQuadratic(options)),
      params: { [SCALAR_THETA]: [...widths, ...heights, ...slopes] },
    };
  },
  QuadraticSpline: ({ unnormalized_widths, unnormalized_heights }) => ({
    layer: scalarLayer(quadraticSpline({ bins: listOf(unnormalized_widths).length })),
    params: { [SCALAR_THETA]: [...listOf(unnormalized_widths), ...listOf(unnormalized_heights)] },
  }),
  // Our slopes at the ends are those of their bins at 0.
  CubicSpline: ({ unnormalized_widths, unnormalized_heights, ...ends }) => ({
    layer: scalarLayer(cubicSpline({ bins: listOf(unnormalized_widths).length })),
    params: {
      [SCALAR_THETA]: [
        ...listOf(unnormalized_widths),
        ...listOf(unnormalized_heights),
        ...["left", "right"].map((end) => numberOf(ends[`unnormalized_slope_${end}`]) + Math.LN2),
      ],
    },
  }),
  LogisticMixtureCDF: (given) => mixtureLayer(given, "logistic"),
  GaussianMixtureCDF: (given) => mixtureLayer(given, "normal"),
  Planar: ({ u, w, b, h, negative_slope }) => {
    const direction = planarDirection(listOf(u), listOf(w));
    return (
      direction && {
        layer: planar({
          features: listOf(w).length,
          ...(h === "leaky_relu" && { leak: numberOf(negative_slope) }),
        }),
        params: { u: direction, w: listOf(w), b: [numberOf(b)] },
      }
    );
  },
  Radial: ({ z0, alpha, beta }) => ({
    layer: radial({ features: listOf(z0).length }),
    params: { centre: listOf(z0), ...radialShape(numberOf(alpha), numberOf(beta)) },
  }),
};

/** A flow, its parameters by path, and its CDF where it is a bijector of ours. */
export interface MadeFlow {
  readonly flow: Flow;
  readonly params?: Made["params"];
  readonly cdf?: Bijector;
}

const inFlow = (made: Made, base: (options: { event: number[] }) => Base = standardNormal): MadeFlow => ({
  flow: flow({ base: base({ event: [...made.layer.facts.base] }), bijector: made.layer }),
  params: Object.fromEntries(Object.entries(made.params ?? {}).map(([path, v]) => [`bijector/${path}`, v])),
});

/** A mixture of diagonal normals; `scales` are their deviations. */
function normalMixture(
  weights: readonly number[],
  locs: readonly (readonly number[])[],
  scales: readonly (readonly number[])[],
): MadeFlow {
  const one = locs[0]!.map(() => 1);
  return {
    flow: flow({
      base: mixtureOfNormals({ event: [one.length], components: weights.length }),
      bijector: rescale({ shift: zerosLike(one), scale: one }),
    }),
    params: {
      "base/logWeight": weights.map(Math.log),
      "base/mean": locs.flat(),
      "base/logScale": scales.flat().map(Math.log),
    },
  };
}

const located = (shift: unknown, scale: unknown): Bijector =>
  rescale({ shift: [numberOf(shift)], scale: [numberOf(scale)] });

/** Cholesky's factor of a covariance. */
function cholesky(a: readonly (readonly number[])[]): number[][] {
  const l = a.map((row) => row.map(() => 0));
  a.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const rest = row[j]! - l[i]!.reduce((s, v, k) => (k < j ? s + v * l[j]![k]! : s), 0);
      l[i]![j] = i === j ? Math.sqrt(rest) : rest / l[j]![j]!;
    }
  });
  return l;
}

/** Densities by their names in the vectors. */
export const densityKinds: Readonly<Record<string, (params: VectorCase["params"]) => MadeFlow>> = {
  Normal: ({ loc, scale }) => ({
    ...inFlow({ layer: located(loc, scale) }),
    cdf: chain([invert(located(loc, scale)), normalCdf({ event: [1] })]),
  }),
  Logistic: ({ loc, scale }) => ({
    ...inFlow({ layer: chain([invert(sigmoid({ event: [1] })), located(loc, scale)]) }, standardUniform),
    cdf: chain([invert(located(loc, scale)), sigmoid({ event: [1] })]),
  }),
  Uniform: ({ low, high }) => inFlow({ layer: located(low, numberOf(high) - numberOf(low)) }, standardUniform),
  MixtureOfDiagonalNormals: ({ weights, locs, scales }) =>
    normalMixture(listOf(weights), matrixOf(locs), matrixOf(scales)),
  CircularGaussianMixture: ({ n_modes }) => {
    const count = numberOf(n_modes);
    const angles = Array.from({ length: count }, (_, i) => (2 * Math.PI * i) / count);
    return normalMixture(
      angles.map(() => 1),
      angles.map((t) => [2 * Math.sin(t), 2 * Math.cos(t)]),
      angles.map(() => Array(2).fill((2 / 3) * Math.sin(Math.PI / count)) as number[]),
    );
  },
  Laplace: ({ loc, scale }) => inFlow({ layer: located(loc, scale) }, standardLaplace),
  Gumbel: ({ loc, scale }) => inFlow({ layer: located(loc, scale) }, standardGumbel),
  Cauchy: ({ loc, scale }) => inFlow({ layer: located(loc, scale) }, standardCauchy),
  StudentT: ({ loc, scale, df }) =>
    inFlow({ layer: located(loc, scale) }, ({ event }) => studentT({ event, degrees: numberOf(df) })),
  UniformThroughAffine: ({ shift, scale }) => inFlow({ layer: located(shift, scale) }, standardUniform),
  LowRankMultivariateNormal: ({ loc, factor, diag }) => {
    const rows = matrixOf(factor);
    const covariance = rows.map((row, i) =>
      rows.map((other, j) => row.reduce((s, v, k) => s + v * other[k]!, i === j ? listOf(diag)[i]! : 0)),
    );
    return inFlow(matrixLayer(cholesky(covariance), listOf(loc)));
  },
  MultivariateNormal: ({ loc, covariance }) => inFlow(matrixLayer(cholesky(matrixOf(covariance)), listOf(loc))),
  StandardNormalThroughMatrix: ({ matrix }) => inFlow(matrixLayer(matrixOf(matrix), zerosLike(matrixOf(matrix)))),
};
