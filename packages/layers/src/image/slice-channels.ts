/**
 * Multi-scale flows: channels that leave early.
 *
 * @module
 */
import {
  add,
  type Bijector,
  concat,
  defineLayer,
  leading,
  type Network,
  OptionError,
  part,
  reshape,
  type Scope,
  ShapeError,
  shapeText,
  size,
  slice,
  type Tensor,
  type Transformation,
  z,
} from "@normflow/core";
import { sumEvent } from "../layout/sum-event.ts";
import { channelParameters } from "./channel-parameters.ts";
import { imageEvent } from "./image-event.ts";

/** Options of `sliceChannels`. */
export interface SliceOptions {
  /** Shape [C, H, W] of the image on the data's side. */
  event: number[];
  /** How many channels go on, the first ones; the others become latents here. */
  kept: number;
  /** What the channels that go on go through; its data are images [kept, H, W]. */
  rest: Bijector;
  /** The distribution of the channels that leave, given those that go on: scalar maps of a standard normal. */
  prior?: { transformation: Transformation; network: Network } | undefined;
}

const count = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** The map of the channels that leave, given those that go on; the identity without a prior. */
function mapped(
  way: "forward" | "inverse",
  leaving: Tensor,
  stays: Tensor,
  scope: Scope,
  { prior }: SliceOptions,
): readonly [Tensor, Tensor | undefined] {
  if (!prior) return [leaving, undefined];
  const { network, transformation } = prior;
  const context = network.context && scope.contextFor(leading(stays.shape, 3), network.context.length);
  const theta = channelParameters(
    network.apply(scope.at("prior"), stays, context),
    leaving.shape.at(-3) as number,
    transformation.parameters,
    { code: "slice-network", layer: "slice-channels", network: network.kind, map: transformation.kind },
  );
  const [value, logSlope] = transformation[way](theta, leaving);
  return [value, sumEvent(logSlope, 3)];
}

const plus = (a: Tensor, b: Tensor | undefined): Tensor => (b ? add(a, b) : a);

function checked({ event, kept, rest, prior }: SliceOptions): void {
  const [channels, h, w] = event as [number, number, number];
  if (kept >= channels)
    throw new OptionError(
      "slice-kept",
      `slice-channels: of ${channels} channels ${kept} go on; one at least must leave.`,
      { hint: `Keep fewer than ${channels}.` },
    );
  const due = [kept, h, w];
  if (String(rest.facts.data) !== String(due))
    throw new ShapeError(
      "slice-rest",
      `slice-channels: the channels that go on form images ${shapeText(due)}, ${rest.kind} gives ${shapeText(rest.facts.data)}.`,
      { hint: `Let ${rest.kind} end with the event ${shapeText(due)}.` },
    );
  const contexts = [rest.facts.context, prior?.network.context];
  if (contexts[0] && contexts[1] && String(contexts[0]) !== String(contexts[1]))
    throw new ShapeError(
      "slice-context",
      `slice-channels: ${rest.kind} conditions on a context ${shapeText(contexts[0])}, its prior ${prior!.network.kind} on one of ${shapeText(contexts[1])}.`,
      { hint: "All layers of a flow see the same context." },
    );
}

/**
 * Lets channels of an image leave: the first `kept` go on through `rest`, the others are latents of their own, standard
 * normal or, with a `prior`, a map of it given the channels that go on (and the context).
 *
 * On the base's side everything is one vector, `rest`'s latents first, so the layer is a bijection: decode(encode(x)) = x,
 * nothing is drawn, and multi-scale flows are chains. Base event [C·H·W], data event [C, H, W].
 *
 * @throws {OptionError} `slice-kept` where no channel would leave
 * @throws {ShapeError} where `rest` is made for other images, or the prior's network for other channels
 * @see Dinh, Sohl-Dickstein & Bengio 2017, Density Estimation Using Real NVP, section 3.6
 * @see Nielsen et al. 2020, SurVAE Flows: Surjections to Bridge the Gap between VAEs and Flows, section 3
 * @example sliceChannels({ event: [4, 2, 2], kept: 2, rest: reshapeEvent({ from: [8], to: [2, 2, 2] }) })
 */
export const sliceChannels = defineLayer({
  kind: "slice-channels",
  options: z.object({
    event: imageEvent,
    kept: size,
    rest: part<Bijector>("bijector"),
    prior: z.optional(
      z.object({
        transformation: part<Transformation>("transformation"),
        network: part<Network>("network"),
      }),
    ),
  }),
  facts: (options: SliceOptions) => {
    checked(options);
    const { event, rest, prior } = options;
    const { facts } = rest;
    return {
      base: [count(event)],
      data: event,
      context: facts.context ?? prior?.network.context,
      domain: facts.domain,
      codomain: facts.codomain,
      constantLogDet: facts.constantLogDet && !prior,
      exact: facts.exact,
      stochastic: facts.stochastic,
      forward: facts.cost.forward,
      inverse: facts.cost.inverse,
    };
  },
  params: ({ rest, prior }) => ({ rest: rest.params, ...(prior ? { prior: prior.network.params } : {}) }),
  state: ({ rest }) => ({ rest: rest.state }),

  forward(_, base, scope, options) {
    const { event, kept, rest } = options;
    const [channels, h, w] = event as [number, number, number];
    const batch = leading(base.shape, 1);
    const going = kept * h * w;
    const below = reshape(slice(base, -1, 0, going), [...batch, ...rest.facts.base]);
    const [stays, logDet] = rest.forward(scope.at("rest"), below);
    const leaving = reshape(slice(base, -1, going, count(event) - going), [...batch, channels - kept, h, w]);
    const [left, own] = mapped("forward", leaving, stays, scope, options);
    return [concat([stays, left], -3), plus(logDet, own)];
  },
  inverse(_, x, scope, options) {
    const { event, kept, rest } = options;
    const [channels] = event as [number, number, number];
    const batch = leading(x.shape, 3);
    const stays = slice(x, -3, 0, kept);
    const [leaving, own] = mapped("inverse", slice(x, -3, kept, channels - kept), stays, scope, options);
    const [below, logDet] = rest.inverse(scope.at("rest"), stays);
    const flat = [below, leaving].map((t) => reshape(t, [...batch, -1]));
    return [concat(flat, -1), plus(logDet, own)];
  },
});
