/**
 * The Glow recipe.
 *
 * @module
 */
import {
  type Bijector,
  chain,
  type Flow,
  flow,
  invert,
  OptionError,
  standardNormal,
  type Transformation,
} from "@normflow/core";
import { sigmoid } from "../elementwise/sigmoid.ts";
import { channelCoupling } from "../image/channel-coupling.ts";
import { contextAffine } from "../image/context-affine.ts";
import { convNet } from "../image/conv-net.ts";
import { crop } from "../image/crop.ts";
import type { ImageShape } from "../image/image-event.ts";
import { invertibleConv } from "../image/invertible-conv.ts";
import { sliceChannels } from "../image/slice-channels.ts";
import { squeeze } from "../image/squeeze.ts";
import { randomPermutation } from "../linear/permute.ts";
import { mlp } from "../network/mlp.ts";
import { actNorm } from "../normalisation/act-norm.ts";
import { reversible } from "../reversible/reversible.ts";
import { reshapeEvent } from "../surjection/reshape-event.ts";
import { uniformDequantize } from "../surjection/uniform-dequantize.ts";
import { additive } from "../transformation/additive.ts";
import { affine } from "../transformation/affine.ts";
import { gatedAffine } from "../transformation/gated-affine.ts";

/** What a coupling of `glow` may do: scale within bounds, scale by a gate σ(a + 2), or only shift. */
export const glowCouplings = ["affine", "gated", "additive"] as const;

/** Options of `glow`. */
export interface GlowOptions {
  /** Shape [channels, height, width] of an image. */
  event: number[];
  /** Whole numbers that an entry may be, from 0; 256 unless told, as bytes are. */
  values?: number | undefined;
  /** Size of a context vector, as 10 for digits by one-hot label. */
  context?: number | undefined;
  /** Number L of scales; 3 unless told. */
  levels?: number | undefined;
  /** Number K of steps at each scale; 4 unless told. */
  steps?: number | undefined;
  /** Channels of the hidden layers of each coupling's network; 64 unless told. */
  hidden?: number | undefined;
  /** What couplings do; `affine` unless told. */
  coupling?: (typeof glowCouplings)[number] | undefined;
  /** How the 1 × 1 convolutions are held; `plu` unless told. */
  conv?: "free" | "plu" | undefined;
  /** Whether channels that leave have means and deviations by those that go on; true unless told. */
  prior?: boolean | undefined;
  /** How far from the ends of the unit interval the values are kept before the logit; .05 unless told. */
  margin?: number | undefined;
  /** Whether training inverts the steps again instead of keeping their activations; false unless told. */
  reversible?: boolean | undefined;
}

/** Options with their defaults, apart from what only the data's end of the flow takes. */
interface Settings {
  readonly context: number | undefined;
  readonly levels: number;
  readonly steps: number;
  readonly hidden: number;
  readonly coupling: (typeof glowCouplings)[number];
  readonly conv: "free" | "plu";
  readonly prior: boolean;
  readonly reversible: boolean;
}

const count = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

function transformationOf(coupling: Settings["coupling"]): Transformation {
  switch (coupling) {
    case "affine":
      return affine({ bound: 2 });
    case "gated":
      return gatedAffine({});
    case "additive":
      return additive({});
    default:
      return coupling satisfies never;
  }
}

/** Steps of flow at one scale, listed from base to data: coupling, convolution, ActNorm in turn. */
function stepsAt(event: ImageShape, level: number, settings: Settings): Bijector[] {
  const { steps, hidden, coupling, conv, context } = settings;
  const channels = event[0];
  const transformation = transformationOf(coupling);
  const one = (i: number): Bijector[] => {
    const { permutation } = randomPermutation(channels, 1000 * level + i).options as { permutation: number[] };
    const mixing = conv === "free" ? { factors: conv } : { factors: conv, permutation };
    return [
      channelCoupling({
        event: [...event],
        kept: i % 2 === 0 ? "first" : "second",
        transformation,
        network: convNet({ in: channels / 2, out: (channels / 2) * transformation.parameters, hidden, context }),
      }),
      invert(invertibleConv({ event: [...event], ...mixing })),
      actNorm({ event: [...event], perChannel: true }),
    ];
  };
  const layers = Array.from({ length: steps }, (_, i) => one(i)).flat();
  return settings.reversible ? [reversible({ layers })] : layers;
}

/** From a vector of latents to images [C, H, W]: one scale, and those below it. */
function scale([c, h, w]: ImageShape, level: number, settings: Settings): Bijector {
  const { levels, hidden, context, prior } = settings;
  const folded = [4 * c, h / 2, w / 2] as const;
  const kept = folded[0] / 2;
  const last = (): Bijector[] => {
    const flat = [count(folded)];
    const shaped = reshapeEvent({ from: flat, to: [...folded] });
    if (context === undefined) return [shaped];
    const network = mlp({ in: context, out: 2 * flat[0]!, hidden: [] });
    return [contextAffine({ event: flat, context, transformation: affine(), network }), shaped];
  };
  const below =
    level + 1 === levels
      ? last()
      : [
          sliceChannels({
            event: [...folded],
            kept,
            rest: scale([kept, folded[1], folded[2]], level + 1, settings),
            ...(prior
              ? { prior: { transformation: affine(), network: convNet({ in: kept, out: 2 * kept, hidden, context }) } }
              : {}),
          }),
        ];
  return chain([...below, ...stepsAt(folded, level, settings), invert(squeeze({ event: [c, h, w] }))]);
}

/** The smallest multiple of `unit` from `size` on. */
const upTo = (size: number, unit: number): number => Math.ceil(size / unit) * unit;

/**
 * Makes Glow for images of whole numbers [C, H, W]: dequantization, a logit, and L scales of K steps of ActNorm, invertible
 * 1 × 1 convolution and coupling, half of the channels leaving after each scale; latents are one vector.
 *
 * Height and width that 2ᴸ does not divide get a border of zeros. Densities are those of the given picture, so bits per
 * dimension are `nats / (C·H·W·ln 2)`, an upper bound. Sampling and density are one pass each; `temperature` of
 * `sample` scales the base's deviation.
 *
 * @throws {OptionError} `glow-event` where the event is no image
 * @see Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions
 * @example glow({ event: [1, 28, 28], levels: 3, steps: 4, hidden: 64 })
 */
export function glow({
  event,
  values = 256,
  margin = 0.05,
  context,
  levels = 3,
  steps = 4,
  hidden = 64,
  coupling = "affine",
  conv = "plu",
  prior = true,
  reversible: recomputed = false,
}: GlowOptions): Flow {
  if (event.length !== 3)
    throw new OptionError("glow-event", `glow: an image has the shape [channels, height, width], not [${event}].`, {
      hint: "For grey pictures of 28 × 28: event: [1, 28, 28].",
    });
  if (!(margin > 0 && margin < 0.5))
    throw new OptionError("glow-margin", `glow: the margin is a number between 0 and ½, not ${margin}.`, {
      hint: "Leave it at .05.",
    });
  const settings = { context, levels, steps, hidden, coupling, conv, prior, reversible: recomputed };
  const [c, h, w] = event as unknown as ImageShape;
  const unit = 2 ** levels;
  const padded = [c, upTo(h, unit), upTo(w, unit)] as const;
  const outside = (values * margin) / (1 - 2 * margin);
  const border = padded[1] === h && padded[2] === w ? [] : [crop({ event, height: padded[1], width: padded[2] })];
  return flow({
    base: standardNormal({ event: [count(padded)] }),
    bijector: chain([
      scale(padded, 0, settings),
      sigmoid({ event: [...padded], low: -outside, high: values + outside }),
      uniformDequantize({ event: [...padded] }),
      ...border,
    ]),
  });
}
