/**
 * The melody flow: an autoregressive categorical model read as a one-layer masked autoregressive flow.
 *
 * @module
 */
import { chain, composed, type Described, type Flow, flow, type Kind, standardNormal, toJSON } from "@normflow/core";
import {
  type AutoregressiveOptions,
  autoregressive,
  histogramCdf,
  invertedTransformation,
  invertTransformation,
  normalCdf,
  tokenTransformer,
  uniformDequantize,
} from "@normflow/layers";
import { patternTable } from "../grid/pattern.ts";

/** Beats of a melody, each a pattern of four sixteenths. */
export const BEATS = 8;
/** Sixteenths of a melody. */
export const STEPS = 32;
/** Coordinates of a melody: its beats, then a pitch for each step, unused where no note starts. */
export const COORDINATES = BEATS + STEPS;
/** Classes of a beat: {onset, hold, rest}⁴. */
export const PATTERNS = 81;
/** Classes of a pitch. */
export const PITCHES = 37;
/** MIDI number of pitch class 0 of the grid. */
export const LOWEST_PITCH = 50;

/** Size of the network. */
export interface MelodyFlowOptions {
  readonly width?: number;
  readonly blocks?: number;
  readonly heads?: number;
  readonly hidden?: number;
  readonly dropout?: number;
  /** Whether calls pass a context [40, 81] that is added to the logits: tilts, masks and forced tokens. */
  readonly bias?: boolean;
}

/** The share of probability spread evenly over a coordinate's classes: no cell is so narrow that rounding could miss it. */
const FLOOR = 2e-3;

/**
 * The flow of two-bar melodies, event [40]: 8 beat patterns, then the pitches of the notes that they start.
 *
 * Each token is dequantized within its cell, pushed through the model's histogram CDF and the normal quantile. A cell
 * maps onto a cell, so ln p is exact: Σ ln P(token). Coordinates of steps where no note starts have one class only.
 *
 * @see Nielsen & Winther 2020, Closing the Dequantization Gap: PixelCNN as a Single-Layer Flow
 */
export function melodyFlow({
  width = 64,
  blocks = 2,
  heads = 4,
  hidden = 3 * width,
  dropout = 0.1,
  bias = false,
}: MelodyFlowOptions = {}): Flow {
  const table = patternTable.map((pattern) => Array.from(pattern, (step) => (step === 0 ? 1 : 0)));
  const event = [COORDINATES];
  return flow({
    base: standardNormal({ event }),
    bijector: chain([
      normalCdf({ event }),
      autoregressive({
        transformation: invertTransformation(histogramCdf({ bins: PATTERNS, floor: FLOOR })),
        conditioner: tokenTransformer({
          groups: [
            { count: BEATS, classes: PATTERNS },
            { count: STEPS, classes: PITCHES, gate: { group: 0, table } },
          ],
          width,
          blocks,
          heads,
          hidden,
          dropout,
          bias,
        }),
      }),
      uniformDequantize({ event, exact: true }),
    ]),
  });
}

/** The kinds that the file of a melody flow names: `open(bytes, melodyKinds)` takes along no other layer. */
export const melodyKinds: readonly Kind[] = [
  autoregressive,
  composed,
  flow,
  histogramCdf,
  invertedTransformation,
  normalCdf,
  standardNormal,
  tokenTransformer,
  uniformDequantize,
];

/** Where the autoregressive layer stands in the chain. */
const AUTOREGRESSIVE = 1;

/** The scope of the conditioner's weights in a melody flow, from the flow's own. */
export const conditionerPath = ["bijector", "layers", AUTOREGRESSIVE, "conditioner"] as const;

/** The conditioner and the transformation of a melody flow. */
export function autoregressiveOf(given: Flow): AutoregressiveOptions {
  const { layers } = given.bijector.options as { readonly layers: readonly Described[] };
  return layers[AUTOREGRESSIVE]!.options as AutoregressiveOptions;
}

/**
 * The size of a melody flow read from a file; undefined for a flow of another kind.
 *
 * Two flows are the same when their descriptions are: the found options must describe the flow that was given.
 */
export function melodyOptionsOf(given: Flow): MelodyFlowOptions | undefined {
  const { layers } = given.bijector.options as { readonly layers?: readonly Described[] };
  const options = layers?.[AUTOREGRESSIVE]?.options as { readonly conditioner?: Described } | undefined;
  if (options?.conditioner?.kind !== tokenTransformer.kind) return undefined;
  const { width, blocks, heads, hidden, dropout, bias } = options.conditioner.options as Required<MelodyFlowOptions>;
  const size = { width, blocks, heads, hidden, dropout, bias };
  return JSON.stringify(toJSON(melodyFlow(size))) === JSON.stringify(toJSON(given)) ? size : undefined;
}
