/**
 * Coupling layers between the channels of an image.
 *
 * @module
 */
import {
  concat,
  defineLayer,
  leading,
  type Network,
  OptionError,
  part,
  type Scope,
  ShapeError,
  shapeText,
  slice,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { sumEvent } from "../layout/sum-event.ts";
import { channelParameters } from "./channel-parameters.ts";
import { imageEvent } from "./image-event.ts";

/** Options of `channelCoupling`. */
export interface ChannelCouplingOptions {
  event: number[];
  /** The half of the channels that stays; of an odd number the first half is the larger one. */
  kept: "first" | "second";
  transformation: Transformation;
  /** Maps the channels that stay (and the context) to the parameters of the others. */
  network: Network;
}

function apply(
  way: "forward" | "inverse",
  x: Tensor,
  scope: Scope,
  { event, kept, transformation, network }: ChannelCouplingOptions,
): readonly [Tensor, Tensor] {
  const channels = event[0]!;
  const half = Math.ceil(channels / 2);
  const parts = [slice(x, -3, 0, half), slice(x, -3, half, channels - half)] as const;
  const [stays, moves] = kept === "first" ? parts : [parts[1], parts[0]];
  const context = network.context && scope.contextFor(leading(x.shape, 3), network.context.length);
  const theta = channelParameters(
    network.apply(scope.at("network"), stays, context),
    moves.shape.at(-3) as number,
    transformation.parameters,
    { code: "channel-coupling-network", layer: "channel-coupling", network: network.kind, map: transformation.kind },
  );
  const [moved, logSlope] = transformation[way](theta, moves);
  return [concat(kept === "first" ? [stays, moved] : [moved, stays], -3), sumEvent(logSlope, 3)];
}

/**
 * Moves half of an image's channels by what the others and the context say: `xᵢ = t(zᵢ; θᵢ)`, θ = network(kept, context).
 * Event [C, H, W]; either direction is one pass. Affine, additive, or any other scalar transformation.
 *
 * @throws {OptionError} `channel-coupling-channels` where there is one channel only
 * @throws {ShapeError} where the network does not give the parameters of the changed channels
 * @see Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions, section 3.3
 * @example channelCoupling({ event: [4, 8, 8], kept: "first", transformation: affine(), network: convNet({ in: 2, out: 4, hidden: 16 }) })
 */
export const channelCoupling = defineLayer({
  kind: "channel-coupling",
  options: z.object({
    event: imageEvent,
    kept: z.enum(["first", "second"]),
    transformation: part<Transformation>("transformation"),
    network: part<Network>("network"),
  }),
  facts: ({ event, transformation, network }: ChannelCouplingOptions) => {
    if (event[0]! < 2)
      throw new OptionError(
        "channel-coupling-channels",
        `channel-coupling: an image ${shapeText(event)} has one channel, and none would change.`,
        { hint: `Fold space into channels first: invert(squeeze({ event: ${shapeText(event)} })).` },
      );
    if (transformation.domain !== transformation.codomain)
      throw new ShapeError(
        "channel-coupling-domain",
        `channel-coupling: ${transformation.kind} maps ${transformation.domain} to ${transformation.codomain} values, so that kept and changed channels would differ.`,
        { hint: "Take a transformation with one domain on both sides." },
      );
    return {
      event,
      context: network.context,
      domain: transformation.domain,
      codomain: transformation.codomain,
    };
  },
  params: ({ network }) => ({ network: network.params }),
  forward: (_, base, scope, options) => apply("forward", base, scope, options),
  inverse: (_, x, scope, options) => apply("inverse", x, scope, options),
});
