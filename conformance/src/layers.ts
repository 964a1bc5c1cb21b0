/**
 * One small flow for each kind of base, layer, part and recipe.
 *
 * @module
 */
import {
  type Base,
  type Bijector,
  chain,
  conditionalNormal,
  diagonalNormal,
  type Flow,
  flow,
  invert,
  mixtureOfNormals,
  normalAndCircular,
  standardCauchy,
  standardGumbel,
  standardLaplace,
  standardLogistic,
  standardNormal,
  standardUniform,
  studentT,
  type Transformation,
} from "@normflow/core";
import {
  type Activation,
  actNorm,
  additive,
  affine,
  argmax,
  autoregressive,
  byFeature,
  channelCoupling,
  contextAffine,
  convNet,
  coupling,
  crop,
  cubicSpline,
  deepSigmoid,
  elementwiseAffine,
  ffjordLayer,
  gatedAffine,
  histogramCdf,
  householder,
  imageRecipes,
  invertibleConv,
  invertTransformation,
  jitter,
  latticeDequantize,
  leakyRelu,
  levels,
  logisticMixture,
  luLinear,
  maskedMlp,
  mixtureCdf,
  mlp,
  normalCdf,
  normalQuantile,
  patches,
  permute,
  planar,
  quadraticSpline,
  radial,
  rationalQuadratic,
  realNVP,
  recipes,
  rescale,
  rescaleContext,
  reshapeEvent,
  residual,
  reversible,
  rotation,
  sigmoid,
  sliceChannels,
  squeeze,
  subsetFlow,
  sylvesterLayer,
  tanh,
  tokenAutoregressive,
  tokenTransformer,
  uniformDequantize,
  unwhiten,
  variationalDequantize,
} from "@normflow/layers";

const { PI } = Math;

/** Layers on a standard normal, base to data. */
function onNormal(...layers: readonly Bijector[]): Flow {
  const bijector = layers.length === 1 ? layers[0]! : chain(layers);
  return flow({ base: standardNormal({ event: [...bijector.facts.base] }), bijector });
}

/** A base below a learned scale and shift. */
const below = (base: Base): Flow => flow({ base, bijector: elementwiseAffine({ event: [...base.event] }) });

/** A flow and one more layer at the data's end. */
const then = ({ base, bijector }: Flow, layer: Bijector): Flow => flow({ base, bijector: chain([bijector, layer]) });

/** A coupling of three features by a transformation. */
const couple = (transformation: Transformation, context?: number, activation: Activation = "silu"): Bijector =>
  coupling({
    features: 3,
    kept: "second",
    transformation,
    network: mlp({ in: 1, out: 2 * transformation.parameters, context, hidden: [6], activation }),
  });

/** An autoregressive layer of three features by a transformation. */
const ordered = (transformation: Transformation, context?: number): Bijector =>
  autoregressive({
    transformation,
    conditioner: maskedMlp({ features: 3, parameters: transformation.parameters, context, hidden: [8] }),
  });

const event = [3];
const image = [4, 4, 4];
const inCells = uniformDequantize({ event });
/** Onto an interval one wider than [0, high) at each end, so that no class lies at its edge. */
const around = (high: number, of: number[] = event): Bijector => sigmoid({ event: of, low: -1, high: high + 1 });
const byChannel = channelCoupling({
  event: image,
  kept: "first",
  transformation: affine(),
  network: convNet({ in: 2, out: 4, hidden: 4, context: 2 }),
});
const velocity = mlp({ in: 4, out: 3, context: 2, hidden: [8], activation: "tanh" });
const told = (features: number): Flow => realNVP({ features, context: features, layers: 2, hidden: [8] });

/** Melody-like tokens: two that switch four others on and off. */
const gated = tokenTransformer({
  groups: [
    { count: 2, classes: 3 },
    {
      count: 4,
      classes: 5,
      gate: {
        group: 0,
        table: [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      },
    },
  ],
  width: 8,
  blocks: 1,
  heads: 2,
  hidden: 12,
  dropout: 0.1,
  bias: true,
});

/** Flows by the kind that each is about; several where a kind computes in several ways. */
const byKind: Readonly<Record<string, Flow | readonly Flow[]>> = {
  // Bases and what composes.
  "standard-normal": below(standardNormal({ event })),
  "standard-uniform": flow({ base: standardUniform({ event }), bijector: normalQuantile({ event }) }),
  "diagonal-normal": below(diagonalNormal({ event })),
  "conditional-normal": below(
    conditionalNormal({ event, context: 2, network: mlp({ in: 2, out: 6, hidden: [5], activation: "elu" }) }),
  ),
  "mixture-of-normals": below(mixtureOfNormals({ event, components: 3 })),
  "normal-and-circular": flow({
    base: normalAndCircular({ features: 3, circular: [1], bound: PI }),
    bijector: permute({ permutation: [1, 2, 0] }),
  }),
  "standard-cauchy": below(standardCauchy({ event })),
  "standard-gumbel": below(standardGumbel({ event })),
  "standard-laplace": below(standardLaplace({ event })),
  "standard-logistic": below(standardLogistic({ event })),
  "student-t": below(studentT({ event, degrees: 4 })),
  flow: onNormal(elementwiseAffine({ event })),
  chain: onNormal(elementwiseAffine({ event }), leakyRelu({ event }), actNorm({ event })),
  invert: onNormal(invert(couple(affine()))),

  // Over features.
  autoregressive: onNormal(ordered(affine(), 2)),
  coupling: onNormal(couple(affine(), 2)),
  "elementwise-affine": onNormal(elementwiseAffine({ event })),
  "leaky-relu": onNormal(leakyRelu({ event, slope: 0.2 })),
  "normal-cdf": onNormal(normalCdf({ event })),
  rescale: onNormal(rescale({ shift: [1, 2, 3], scale: [0.5, -2, 10] })),
  "rescale-context": onNormal(rescaleContext({ layer: couple(affine(), 2), shift: [1, 2], scale: [2, 0.5] })),
  sigmoid: onNormal(sigmoid({ event, low: -1, high: 2 })),
  tanh: onNormal(tanh({ event })),
  "lu-linear": onNormal(luLinear({ features: 3, permutation: [2, 0, 1] })),
  householder: onNormal(householder({ features: 3, reflections: 2 })),
  rotation: onNormal(rotation({ features: 3 })),
  permute: onNormal(permute({ permutation: [2, 0, 1] })),
  unwhiten: onNormal(unwhiten({ shift: [1, -1, 0], lower: [[2], [0.5, 1], [-1, 0.3, 0.4]] })),
  "act-norm": [onNormal(actNorm({ event })), onNormal(actNorm({ event: image, perChannel: true }))],
  jitter: onNormal(elementwiseAffine({ event }), jitter({ deviation: [0.2, 0, 0.1], fall: 0.1, steps: 10 })),
  planar: [onNormal(planar({ features: 3 })), onNormal(planar({ features: 3, leak: 0.1, context: 2, hidden: [6] }))],
  radial: onNormal(radial({ features: 3, context: 2, hidden: [6] })),
  sylvester: onNormal(sylvesterLayer({ features: 3, rank: 2, context: 2, hidden: [6] })),
  residual: [
    onNormal(residual({ features: 3, context: 2, hidden: [8] })),
    onNormal(residual({ features: 17, hidden: [8], terms: 8 })),
  ],
  ffjord: [
    onNormal(ffjordLayer({ features: 3, field: velocity })),
    onNormal(ffjordLayer({ features: 3, field: velocity, solver: "rk4", steps: 4, trace: "hutchinson" })),
    onNormal(ffjordLayer({ features: 3, field: velocity, solver: "rk4", steps: 4, adjoint: true })),
  ],
  reversible: onNormal(reversible({ layers: [couple(affine()), luLinear({ features: 3 }), actNorm({ event })] })),

  // Over images and tokens.
  squeeze: onNormal(invert(squeeze({ event: [1, 4, 4] }))),
  "slice-channels": onNormal(
    sliceChannels({
      event: image,
      kept: 2,
      rest: reshapeEvent({ from: [32], to: [2, 4, 4] }),
      prior: { transformation: affine(), network: convNet({ in: 2, out: 4, hidden: 4 }) },
    }),
  ),
  "invertible-conv": [
    onNormal(invertibleConv({ event: image, permutation: [2, 0, 3, 1] })),
    onNormal(invertibleConv({ event: image, factors: "free" })),
  ],
  "channel-coupling": onNormal(byChannel),
  "conv-net": onNormal(byChannel),
  "context-affine": onNormal(
    contextAffine({ event, context: 2, transformation: affine(), network: mlp({ in: 2, out: 6, hidden: [] }) }),
  ),
  crop: onNormal(
    around(5, [1, 4, 4]),
    uniformDequantize({ event: [1, 4, 4] }),
    crop({ event: [1, 3, 2], height: 4, width: 4 }),
  ),
  patches: onNormal(actNorm({ event: [4, 4] }), patches({ event: [1, 4, 4], patch: 2 })),
  "reshape-event": onNormal(reshapeEvent({ from: [6], to: [2, 3] }), actNorm({ event: [2, 3] })),
  "token-autoregressive": onNormal(
    tokenAutoregressive({
      tokens: 4,
      channels: 2,
      transformation: affine(),
      order: "descending",
      context: 2,
      width: 8,
      blocks: 1,
      heads: 2,
      hidden: 12,
      dropout: 0.1,
    }),
  ),

  // Between numbers and classes.
  "uniform-dequantize": onNormal(around(5), inCells),
  "lattice-dequantize": onNormal(
    elementwiseAffine({ event }),
    latticeDequantize({ step: [0.5, 0, 2], origin: [0, 0, 1] }),
  ),
  "variational-dequantize": onNormal(
    around(5),
    variationalDequantize({ event, levels: 5, noise: then(told(3), normalCdf({ event })) }),
  ),
  argmax: onNormal(
    luLinear({ features: 6 }),
    reshapeEvent({ from: [6], to: [2, 3] }),
    argmax({ features: 2, categories: 3, noise: then(told(6), reshapeEvent({ from: [6], to: [2, 3] })) }),
  ),
  levels: onNormal(
    subsetFlow({ features: 2, categories: [3, 2], width: 8, blocks: 1, heads: 2 }).bijector,
    levels({
      values: [
        [0, 0.5, 2],
        [10, 20],
      ],
    }),
  ),

  // Scalar maps, networks and conditioners within layers.
  mlp: onNormal(
    ...(["relu", "tanh", "sigmoid", "softplus", "elu", "gelu"] as const).map((activation) =>
      couple(affine(), 2, activation),
    ),
  ),
  "masked-mlp": onNormal(ordered(affine(), 2)),
  "token-transformer": onNormal(
    normalCdf({ event: [6] }),
    autoregressive({ transformation: invertTransformation(histogramCdf({ bins: 5 })), conditioner: gated }),
    uniformDequantize({ event: [6], exact: true }),
  ),
  additive: onNormal(couple(additive({}))),
  affine: onNormal(couple(affine())),
  "gated-affine": onNormal(couple(gatedAffine({}))),
  "by-feature": flow({
    base: normalAndCircular({ features: 3, circular: [1], bound: PI }),
    bijector: ordered(
      byFeature({
        transformations: [affine(), rationalQuadratic({ tails: "circular", bound: PI, bins: 4 })],
        of: [0, 1, 0],
      }),
    ),
  }),
  "deep-sigmoid": [
    onNormal(ordered(invertTransformation(deepSigmoid({ units: 4, depth: 2 })))),
    onNormal(couple(deepSigmoid({ units: 4 }))),
  ],
  "histogram-cdf": onNormal(normalCdf({ event }), ordered(invertTransformation(histogramCdf({ bins: 4 })))),
  "invert-transformation": onNormal(ordered(invertTransformation(affine()))),
  "logistic-mixture": onNormal(ordered(invertTransformation(logisticMixture({ components: 3 })))),
  "mixture-cdf": (["logistic", "normal"] as const).map((kernel) =>
    onNormal(normalCdf({ event }), ordered(invertTransformation(mixtureCdf({ components: 3, kernel })))),
  ),
  "quadratic-spline": onNormal(normalCdf({ event }), couple(quadraticSpline({ bins: 4 })), normalQuantile({ event })),
  "cubic-spline": onNormal(normalCdf({ event }), couple(cubicSpline({ bins: 4 })), normalQuantile({ event })),
  "rational-quadratic": [
    ...(["identity", "sloped"] as const).map((tails) => onNormal(couple(rationalQuadratic({ tails, bins: 4 })))),
    onNormal(normalCdf({ event }), couple(rationalQuadratic({ tails: "none", bins: 4 })), normalQuantile({ event })),
  ],
};

const stack = { features: 3, layers: 2, hidden: [8] };
const tokens = { width: 8, blocks: 1, heads: 2 };

/** Flows by the recipe that makes them. */
const byRecipe: Readonly<Record<string, Flow>> = {
  tabular: recipes.tabular.make({
    ...stack,
    bins: 4,
    columns: {
      rows: 100,
      shift: [1, 2, 3],
      scale: [1, 2, 0.5],
      covariance: [[1], [0.5, 1], [0.2, 0.1, 1]],
      step: [0, 1, 0],
      origin: [0, 0, 0],
    },
  }),
  realNVP: recipes.realNVP.make({ ...stack, context: 2 }),
  maf: recipes.maf.make(stack),
  iaf: recipes.iaf.make(stack),
  nsf: recipes.nsf.make({ ...stack, bins: 4, circular: [1] }),
  flowPlusPlus: recipes.flowPlusPlus.make({ ...stack, components: 3, values: 5 }),
  naf: recipes.naf.make({ ...stack, units: 4 }),
  planarFlow: recipes.planarFlow.make({ features: 3, layers: 3, fast: "density" }),
  sylvester: recipes.sylvester.make({ features: 3, layers: 2 }),
  subsetFlow: recipes.subsetFlow.make({ features: 3, categories: [2, 5, 3], context: 2, ...tokens }),
  tarFlow: recipes.tarFlow.make({ event: [1, 4, 4], patch: 2, layers: 2, ...tokens }),
  residualFlow: recipes.residualFlow.make(stack),
  ffjord: recipes.ffjord.make({ features: 3, hidden: [8] }),
  glow: imageRecipes.glow.make({ event: [1, 6, 6], values: 8, levels: 2, steps: 1, hidden: 4, context: 2 }),
};

/** The classes that flows over integers are asked about: one of random weights also draws what no data are. */
const classes: Readonly<Record<string, readonly [lowest: number, highest: number]>> = {
  crop: [0, 4],
  "uniform-dequantize": [0, 4],
  "variational-dequantize": [0, 4],
  "recipe flowPlusPlus": [0, 4],
  "recipe glow": [0, 7],
};

/** Largest |Δ| / (1 + |reference|) of all that is asked. */
const TOLERANCE = 1e-4;

/** Flows that float32 does not give so closely, and why. */
export const exceptions: Readonly<Record<string, { readonly tolerance: number; readonly why: string }>> = {};

/** One flow of the tables. */
export interface LayerCase {
  /** The kind that it is about, or the recipe: `recipe nsf`. */
  readonly name: string;
  readonly flow: Flow;
  readonly tolerance: number;
  /** What its samples are cut to before they are asked about. */
  readonly within?: readonly [lowest: number, highest: number] | undefined;
}

const casesOf = (table: Readonly<Record<string, Flow | readonly Flow[]>>, prefix: string): LayerCase[] =>
  Object.entries(table).flatMap(([key, flows]) => {
    const name = prefix + key;
    const tolerance = exceptions[name]?.tolerance ?? TOLERANCE;
    return [flows].flat().map((f: Flow) => ({ name, flow: f, tolerance, within: classes[name] }));
  });

/** Every flow: by kind, then by recipe. */
export const layerCases: readonly LayerCase[] = [...casesOf(byKind, ""), ...casesOf(byRecipe, "recipe ")];
