/**
 * The subset flow: an autoregressive categorical model read as a one-layer masked autoregressive flow.
 *
 * @module
 */
import {
  type Bijector,
  chain,
  type Described,
  type Flow,
  flow,
  iota,
  OptionError,
  type ProgramBody,
  standardNormal,
  type Tensor,
} from "@normflow/core";
import { type AutoregressiveOptions, autoregressive } from "../autoregressive/autoregressive.ts";
import { type TokenGroup, tokenTransformer } from "../conditioner/token-transformer.ts";
import { normalCdf } from "../elementwise/normal-cdf.ts";
import { uniformDequantize } from "../surjection/uniform-dequantize.ts";
import { histogramCdf } from "../transformation/histogram-cdf.ts";
import { invertTransformation } from "../transformation/invert-transformation.ts";

/** Options of `subsetFlow`. */
export interface SubsetFlowOptions {
  /** Number D of features: columns of a table, tokens of a text. */
  features: number;
  /** Classes of each feature, 0 … K − 1, 256 at most: one number where all features share them, as the tokens of a text do. */
  categories: number | number[];
  /** Size of a context vector. */
  context?: number | undefined;
  /** Entries of an embedding; 64 unless told. */
  width?: number | undefined;
  /** Number of transformer blocks; 2 unless told. */
  blocks?: number | undefined;
  /** Heads of attention; 4 unless told. */
  heads?: number | undefined;
  /** Entries of a block's hidden layer; 4 · width unless told. */
  hidden?: number | undefined;
  /** Share of entries dropped while training; 0 unless told. */
  dropout?: number | undefined;
  /** Share of probability spread evenly over a feature's classes; .001 unless told. */
  floor?: number | undefined;
}

/** Features by the classes that they share: all of them, or each by itself. */
function groupsOf(features: number, categories: number | readonly number[]): TokenGroup[] {
  if (typeof categories === "number") return [{ count: features, classes: categories }];
  if (categories.length !== features)
    throw new OptionError(
      "categories",
      `subsetFlow: there are ${categories.length} numbers of categories for ${features} features.`,
      { hint: "Give one for each feature, or a single number for all." },
    );
  return categories.map((classes) => ({ count: 1, classes }));
}

/**
 * Makes a flow of categorical or ordinal features, `ln p(x) = Σ ln P(xᵢ | x_<i, context)` exactly; event `[features]` of
 * whole numbers.
 *
 * Each feature is dequantized within its cell, pushed through the histogram CDF that a causal transformer gives from the
 * features before it, and through the normal quantile: cells map onto boxes, so that no bound is needed, and the latent
 * decodes to exactly the event it came from. Density is one pass, sampling one scan of D steps.
 *
 * @throws {OptionError} `categories` where there is no number of classes for each feature
 * @see Nielsen & Winther 2020, Closing the Dequantization Gap: PixelCNN as a Single-Layer Flow
 * @example subsetFlow({ features: 3, categories: [2, 5, 12], context: 1 })
 */
export function subsetFlow({
  features,
  categories,
  context,
  width = 64,
  blocks = 2,
  heads = 4,
  hidden = 4 * width,
  dropout = 0,
  floor = 1e-3,
}: SubsetFlowOptions): Flow {
  const groups = groupsOf(features, categories);
  const bins = Math.max(...groups.map((g) => g.classes));
  const event = [features];
  const layers: Bijector[] = [
    normalCdf({ event }),
    autoregressive({
      transformation: invertTransformation(histogramCdf({ bins, floor })),
      conditioner: tokenTransformer({ groups, width, blocks, heads, hidden, dropout, bias: false, context }),
    }),
    uniformDequantize({ event, exact: true }),
  ];
  return flow({ base: standardNormal({ event }), bijector: chain(layers) });
}

/**
 * Finds what a flow of `subsetFlow` gives for `Model.compute`: `ln P(xᵢ | x_<i)` of each feature, […, features] in nats,
 * whose sum is ln p(x).
 *
 * @throws {OptionError} `not-a-subset-flow` where the flow is of another make
 * @example
 * const flow = subsetFlow({ features: 3, categories: 4, width: 8, blocks: 1 });
 * const model = await fit(flow, { x: [[0, 1, 3], [2, 2, 0]] }, { backend, steps: 2 });
 * const nats = await model.compute("features", [[0, 1, 3]], featureLogProbs(flow));
 */
export function featureLogProbs(given: Flow): (program: ProgramBody) => Tensor {
  const { layers } = given.bijector.options as { readonly layers?: readonly Described[] };
  const at = layers?.findIndex((layer) => layer.kind === autoregressive.kind) ?? -1;
  const { conditioner, transformation } = (layers?.[at]?.options ?? {}) as Partial<AutoregressiveOptions>;
  if (conditioner?.kind !== tokenTransformer.kind || !transformation)
    throw new OptionError("not-a-subset-flow", "featureLogProbs: this flow has no autoregressive layer over tokens.", {
      hint: "Give it a flow made by subsetFlow.",
    });
  return ({ scope, inputs }) => {
    const x = inputs["x"]!;
    const own = scope.at("bijector", "layers", at, "conditioner");
    // Within a cell the slope of the histogram's CDF is the cell's probability.
    return transformation.inverse(conditioner.parallel(own, x), x, iota(conditioner.features))[1];
  };
}
