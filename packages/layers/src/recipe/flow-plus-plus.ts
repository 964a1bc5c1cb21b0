/**
 * Flow++.
 *
 * @module
 */
import { type Bijector, chain, type Flow, flow, standardNormal, type Transformation } from "@normflow/core";
import { coupling, halves, keptInTurn } from "../coupling/coupling.ts";
import { normalCdf } from "../elementwise/normal-cdf.ts";
import { sigmoid } from "../elementwise/sigmoid.ts";
import type { Activation } from "../network/activation.ts";
import { mlp } from "../network/mlp.ts";
import { actNorm } from "../normalisation/act-norm.ts";
import { uniformDequantize } from "../surjection/uniform-dequantize.ts";
import { variationalDequantize } from "../surjection/variational-dequantize.ts";
import { invertTransformation } from "../transformation/invert-transformation.ts";
import { logisticMixture } from "../transformation/logistic-mixture.ts";

/** How whole numbers may be spread over their cells. */
export const dequantizations = ["variational", "uniform"] as const;

/** Options of `flowPlusPlus`. */
export interface FlowPlusPlusOptions {
  /** Size D of an event; two at least. */
  features: number;
  /** Size of a context vector. */
  context?: number | undefined;
  /** Number of couplings; 6 unless told. */
  layers?: number | undefined;
  /** Widths of each network's hidden layers; [64, 64] unless told. */
  hidden?: number[] | undefined;
  activation?: Activation | undefined;
  /** Components of each mixture; 8 unless told. */
  components?: number | undefined;
  /** Whether an ActNorm follows each coupling; true unless told. */
  actNorm?: boolean | undefined;
  /** Whole numbers 0 … values − 1 that a feature may be; continuous features unless told. */
  values?: number | undefined;
  /** How whole numbers are spread over their cells: by noise that is learned, or evenly; variational unless told. */
  dequantize?: (typeof dequantizations)[number] | undefined;
}

/** Couplings of the flow of noise within cells. */
const NOISE_LAYERS = 2;

/** Values are kept this share of their range from its ends before the logit. */
const MARGIN = 0.05;

type Sizes = Required<Pick<FlowPlusPlusOptions, "features" | "hidden" | "activation">> & {
  readonly context: number | undefined;
};

function coupled({ features, context, hidden, activation }: Sizes, transformation: Transformation, i: number) {
  const kept = keptInTurn(features, i);
  const [stays, changed] = halves(features, kept);
  const out = Math.max(1, transformation.parameters * changed.length);
  const network = mlp({ in: Math.max(1, stays.length), out, context, hidden, activation });
  return coupling({ features, kept, transformation, network });
}

/** Whole numbers at the data end: cells, filled by a flow that is told of them, within a logit. */
function cells(sizes: Sizes, values: number, components: number, isUniform: boolean): Bijector[] {
  const { features, context = 0 } = sizes;
  const event = [features];
  const outside = (values * MARGIN) / (1 - 2 * MARGIN);
  const logit = sigmoid({ event, low: -outside, high: values + outside });
  if (isUniform) return [logit, uniformDequantize({ event })];
  // Noise is only ever drawn: the mixtures' formula belongs to that direction, and the search to the other.
  const inner = { ...sizes, context: features + context };
  const mixture = logisticMixture({ components });
  const couplings = Array.from({ length: NOISE_LAYERS }, (_, i) => coupled(inner, mixture, i));
  const noise = flow({ base: standardNormal({ event }), bijector: chain([...couplings, normalCdf({ event })]) });
  return [logit, variationalDequantize({ event, levels: values, noise })];
}

/**
 * Makes Flow++ for vectors: couplings that take features through the log-odds of mixtures of logistics, each after an
 * ActNorm, from a standard normal; event `[features]`. Density is one pass; sampling searches in brackets.
 *
 * With `values`, features are whole numbers, spread over their cells by noise that couplings of the same kind learn, so
 * that ln p is a bound from below; density draws that noise in one pass too. The networks are perceptrons, where the
 * paper's, for images, are convolutions with attention.
 *
 * @throws {OptionError} where there is only one feature
 * @see Ho, Chen, Srinivas, Duan & Abbeel 2019, Flow++: Improving Flow-Based Generative Models with Variational
 * Dequantization and Architecture Design
 * @example flowPlusPlus({ features: 64, values: 17, layers: 4 })
 */
export function flowPlusPlus({
  features,
  context,
  layers = 6,
  hidden = [64, 64],
  activation = "relu",
  components = 8,
  actNorm: normalised = true,
  values,
  dequantize = "variational",
}: FlowPlusPlusOptions): Flow {
  const sizes = { features, context, hidden, activation };
  const transformation = invertTransformation(logisticMixture({ components }));
  const block = (i: number): Bijector[] => {
    const layer = coupled(sizes, transformation, i);
    return normalised ? [layer, actNorm({ event: [features] })] : [layer];
  };
  return flow({
    base: standardNormal({ event: [features] }),
    bijector: chain([
      ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
      ...(values === undefined ? [] : cells(sizes, values, components, dequantize === "uniform")),
    ]),
  });
}
