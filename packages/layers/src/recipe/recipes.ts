/**
 * Recipes by the name that a command line takes.
 *
 * @module
 */
import { type Flow, type Loss, positive, size, z } from "@normflow/core";
import { flowMatching } from "../continuous/flow-matching.ts";
import { activation } from "../network/activation.ts";
import { type ContractiveActivation, contractiveActivations } from "../residual/lipschitz-mlp.ts";
import { type FfjordOptions, ffjord } from "./ffjord.ts";
import { dequantizations, type FlowPlusPlusOptions, flowPlusPlus } from "./flow-plus-plus.ts";
import { type GlowOptions, glow, glowCouplings } from "./glow.ts";
import { iaf, type MafOptions, maf } from "./maf.ts";
import { type NafOptions, naf } from "./naf.ts";
import { type NsfOptions, nsf } from "./nsf.ts";
import { noted } from "./option-notes.ts";
import { type PlanarFlowOptions, planarFlow } from "./planar-flow.ts";
import { type RealNVPOptions, realNVP } from "./real-nvp.ts";
import { type ResidualFlowOptions, residualFlow } from "./residual-flow.ts";
import { type SubsetFlowOptions, subsetFlow } from "./subset-flow.ts";
import { type SylvesterOptions, sylvester } from "./sylvester.ts";
import { type TabularOptions, tabular } from "./tabular.ts";
import { type TarFlowOptions, tarFlow } from "./tar-flow.ts";

/** A flow by name: what it takes and how it is made. */
export interface Recipe<O extends object> {
  /** One line for people. */
  readonly summary: string;
  readonly options: z.Schema<O>;
  /** Describes the flow. */
  make(options: O): Flow;
  /** What training minimises, where it is not the negative log-likelihood. */
  loss?(options: O): Loss | undefined;
}

/** What all recipes of coupling and autoregressive layers take. */
const stack = (layers: number) => ({
  features: noted(size, "size of an event"),
  context: noted(z.optional(size), "size of a context vector"),
  layers: noted(z.optional(size), "number of layers", layers),
  hidden: noted(z.optional(z.array(size)), "widths of each network's hidden layers", [64, 64]),
  activation: noted(z.optional(activation), "nonlinearity of the networks", "relu"),
  actNorm: noted(z.optional(z.boolean()), "whether an ActNorm follows each layer", true),
});

const affineFlow = (layers: number) =>
  z.object({ ...stack(layers), bound: noted(z.optional(positive), "largest |log-scale| of a layer", 2) });

/** What planar and Sylvester flows take. */
const bends = (layers: number) => ({
  features: noted(size, "size of an event"),
  context: noted(z.optional(size), "size of a context vector"),
  hidden: noted(z.optional(z.array(size)), "widths of the network that reads a context; [64] unless told"),
  layers: noted(z.optional(size), "number of layers", layers),
  fast: noted(z.optional(z.enum(["sampling", "density"])), "the direction that is one pass", "sampling"),
});

/** What the recipe of splines takes. */
const splineFlow = z.object({
  features: noted(size, "size of an event"),
  context: noted(z.optional(size), "size of a context vector"),
  layers: noted(z.optional(size), "number of layers", 3),
  hidden: noted(z.optional(z.array(size)), "widths of each network's hidden layers", [64, 64]),
  activation: noted(z.optional(activation), "nonlinearity of the networks", "relu"),
  bins: noted(z.optional(size), "bins of each spline", 8),
  bound: noted(z.optional(positive), "the splines span [-bound, bound] of standardised columns", 5),
  circular: noted(z.optional(z.array(z.int().check(z.gte(0)))), "places of the features that are angles, from 0"),
  coupling: noted(z.optional(z.boolean()), "couplings, which sample in one pass, not autoregressive layers", false),
});

/** What the recipe of images takes. */
const glowFlow = z.object({
  event: noted(z.array(size), "shape of an image: channels, height, width"),
  values: noted(z.optional(size), "whole numbers that an entry may be, from 0", 256),
  context: noted(z.optional(size), "size of a context vector"),
  levels: noted(z.optional(size), "number of scales", 3),
  steps: noted(z.optional(size), "steps at each scale", 4),
  hidden: noted(z.optional(size), "channels of each network's hidden layers", 64),
  coupling: noted(z.optional(z.enum(glowCouplings)), "what couplings do", "affine"),
  conv: noted(z.optional(z.enum(["free", "plu"])), "how 1 x 1 convolutions are held", "plu"),
  prior: noted(z.optional(z.boolean()), "means and deviations for channels that leave by those that go on", true),
  margin: noted(z.optional(positive), "how far from 0 and 1 values are kept before the logit", 0.05),
  reversible: noted(
    z.optional(z.boolean()),
    "invert the steps again in training, instead of keeping activations",
    false,
  ),
});

/** A number of classes. */
const classes = z.int().check(z.gte(1), z.lte(256));

/** What a causal transformer takes. */
const attention = () => ({
  width: noted(z.optional(size), "entries of an embedding", 64),
  blocks: noted(z.optional(z.int().check(z.gte(1), z.lte(256))), "transformer blocks of a layer", 2),
  heads: noted(z.optional(size), "heads of attention", 4),
  hidden: noted(z.optional(size), "entries of a block's hidden layer, four times the width unless told"),
  dropout: noted(z.optional(z.number().check(z.gte(0), z.lt(1))), "share of entries dropped while training", 0),
});

/** What the recipe of categories takes. */
const categorical = z.object({
  features: noted(size, "number of features"),
  categories: noted(z.oneOrMany(classes), "classes of each feature, or of all"),
  context: noted(z.optional(size), "size of a context vector"),
  ...attention(),
  floor: noted(z.optional(z.number().check(z.gt(0), z.lt(1))), "share of probability spread over all classes", 0.001),
});

/** What the recipe of transformers takes. */
const transformers = z.object({
  features: noted(z.optional(size), "size of an event"),
  event: noted(z.optional(z.array(size)), "shape of images, channels first, in place of features"),
  patch: noted(z.optional(size), "entries of a token, or the side of a patch of pixels", 1),
  context: noted(z.optional(size), "size of a context vector"),
  layers: noted(z.optional(size), "number of layers", 4),
  ...attention(),
  bound: noted(z.optional(positive), "largest |log-scale| of a layer", 2),
});

/** What the default flow for tables takes. */
const tabularFlow = z.object({
  features: noted(size, "number of columns"),
  context: noted(z.optional(size), "size of a context vector"),
  layers: noted(z.optional(size), "number of spline layers", 2),
  hidden: noted(z.optional(z.array(size)), "widths of each network's hidden layers", [64, 64]),
  activation: noted(z.optional(activation), "nonlinearity of the networks", "relu"),
  bins: noted(z.optional(size), "bins of each spline", 8),
  bound: noted(z.optional(positive), "the splines span [-bound, bound] of whitened columns", 5),
  noise: noted(
    z.optional(z.number().check(z.gte(0))),
    "noise at the first training step, in deviations of a column, for n rows and D columns times n^(-1/(D+4))",
    0.5,
  ),
  lastNoise: noted(z.optional(positive), "what it has fallen to at the last step", 0.03),
  steps: noted(z.optional(size), "training steps over which the noise falls", 1000),
  columns: z.optional(
    z.object({
      rows: size,
      shift: z.array(z.number()),
      scale: z.array(z.number()),
      covariance: z.array(z.array(z.number())),
      step: z.array(z.number()),
      origin: z.array(z.number()),
    }),
  ),
});

/** What the recipe of residual layers takes. */
const residualNetworks = z.object({
  features: noted(size, "size of an event"),
  context: noted(z.optional(size), "size of a context vector"),
  layers: noted(z.optional(size), "number of layers; see residualFlow"),
  hidden: noted(z.optional(z.array(size)), "widths of each network's hidden layers"),
  activation: noted(
    z.optional(z.enum(Object.keys(contractiveActivations) as ContractiveActivation[])),
    "nonlinearity of the networks, none of them steeper than 1",
  ),
  coefficient: noted(z.optional(positive), "largest slope of a network, below 1"),
  logDet: noted(z.optional(z.enum(["roulette", "exact"])), "how training estimates the log-det"),
});

/** Options of the recipe `ffjord`: those of the flow, and how it is trained. */
export interface FfjordRecipeOptions extends FfjordOptions {
  /** Flow matching, or likelihood through the solver; matching unless told. */
  training?: "matching" | "likelihood" | undefined;
  /** Exponent by which the times of flow matching lean towards the data; 1 unless told. */
  late?: number | undefined;
}

const continuousFlow = z.object({
  features: noted(size, "size of an event"),
  context: noted(z.optional(size), "size of a context vector"),
  hidden: noted(z.optional(z.array(size)), "widths of the field's hidden layers"),
  activation: noted(z.optional(activation), "nonlinearity of the field"),
  solver: noted(z.optional(z.enum(["dopri5", "rk4"])), "steps of its own for each event, or fixed ones"),
  steps: noted(z.optional(size), "steps of rk4"),
  tolerance: noted(z.optional(positive), "error of a step of dopri5"),
  trace: noted(z.optional(z.enum(["exact", "hutchinson"])), "how likelihood training finds the log-det"),
  adjoint: noted(z.optional(z.boolean()), "solve backwards for the gradient instead of keeping the steps"),
  training: noted(z.optional(z.enum(["matching", "likelihood"])), "flow matching, or likelihood through the solver"),
  late: noted(z.optional(positive), "exponent by which the times of flow matching lean towards the data"),
});

const table = {
  tabular: {
    summary: "splines over whitened columns, discrete ones dequantized; the default for tables of any kind",
    options: tabularFlow,
    make: tabular,
  } satisfies Recipe<TabularOptions>,
  realNVP: {
    summary: "affine couplings; sampling and density in one pass",
    options: affineFlow(8),
    make: realNVP,
  } satisfies Recipe<RealNVPOptions>,
  maf: {
    summary: "masked autoregressive; density in one pass, sampling feature by feature",
    options: affineFlow(5),
    make: maf,
  } satisfies Recipe<MafOptions>,
  iaf: {
    summary: "inverse autoregressive; sampling in one pass, density feature by feature",
    options: affineFlow(5),
    make: iaf,
  } satisfies Recipe<MafOptions>,
  nsf: {
    summary: "neural splines, masked autoregressive or coupling; bends far more a layer than affine ones",
    options: splineFlow,
    make: nsf,
  } satisfies Recipe<NsfOptions>,
  flowPlusPlus: {
    summary: "couplings by mixtures of logistics; density in one pass, sampling by searches",
    options: z.object({
      ...stack(6),
      components: noted(z.optional(size), "logistics of each mixture", 8),
      values: noted(z.optional(size), "whole numbers that a feature may be, from 0; continuous features unless told"),
      dequantize: noted(
        z.optional(z.enum(dequantizations)),
        "how whole numbers are spread over their cells",
        "variational",
      ),
    }),
    make: flowPlusPlus,
  } satisfies Recipe<FlowPlusPlusOptions>,
  naf: {
    summary: "monotone networks over masked perceptrons; density in one pass, sampling by searches",
    options: z.object({
      ...stack(3),
      units: noted(z.optional(size), "sigmoids of each monotone network", 16),
      depth: noted(z.optional(size), "layers of sigmoids in each monotone network", 1),
    }),
    make: naf,
  } satisfies Recipe<NafOptions>,
  planarFlow: {
    summary: "planar layers; sampling in one pass, density by searches, or the other way round",
    options: z.object(bends(32)),
    make: planarFlow,
  } satisfies Recipe<PlanarFlowOptions>,
  sylvester: {
    summary: "Sylvester layers, planar ones along several directions at once; passes and searches as there",
    options: z.object({
      ...bends(16),
      rank: noted(z.optional(size), "directions that a layer bends, at most D; the smaller of D and 8 unless told"),
    }),
    make: sylvester,
  } satisfies Recipe<SylvesterOptions>,
  subsetFlow: {
    summary: "categories or ordered levels, text included; exact, sampling feature by feature",
    options: categorical,
    make: subsetFlow,
  } satisfies Recipe<SubsetFlowOptions>,
  tarFlow: {
    summary: "causal transformers in alternating order; density in one pass, sampling token by token",
    options: transformers,
    make: tarFlow,
  } satisfies Recipe<TarFlowOptions>,
  residualFlow: {
    summary: "contractions added to the event; density in one pass, sampling by fixed-point iteration",
    options: residualNetworks,
    make: residualFlow,
  } satisfies Recipe<ResidualFlowOptions>,
  ffjord: {
    summary: "a velocity field followed through time; trained by flow matching, both directions solve an equation",
    options: continuousFlow,
    make: ({ training: _, late: __, ...options }) => ffjord(options),
    loss: ({ training = "matching", late }) => (training === "matching" ? flowMatching({ late }) : undefined),
  } satisfies Recipe<FfjordRecipeOptions>,
} as const;

const imageTable = {
  glow: {
    summary: "multi-scale couplings between channels of images; sampling and density in one pass",
    options: glowFlow,
    make: glow,
  } satisfies Recipe<GlowOptions>,
} as const;

/** Flows for images of whole numbers, by name. */
export const imageRecipes: typeof imageTable = imageTable;

/** Flows for tables of numbers, by name. */
export const recipes: typeof table = table;
