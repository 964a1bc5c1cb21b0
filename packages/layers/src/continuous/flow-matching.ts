/**
 * Conditional flow matching.
 *
 * @module
 */
import {
  add,
  type Bijector,
  div,
  expandDims,
  iota,
  type Loss,
  mean,
  mul,
  OptionError,
  pow,
  type Scope,
  sizeOf,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from "@normflow/core";
import { type FfjordLayerOptions, fieldAt, isContinuous } from "./ffjord.ts";

/** Options of `flowMatching`. */
export interface FlowMatchingOptions {
  /** Exponent p of t = 1 − (1 − u)ᵖ, u uniform: above 1 more of the times lie near the data, whose edges then come out sharper; 1 unless told. */
  readonly late?: number | undefined;
}

/** A continuous layer in a composition, and the layers before and behind it. */
interface Place {
  readonly options: FfjordLayerOptions;
  readonly scope: Scope;
  readonly before: readonly Neighbour[];
  readonly behind: readonly Neighbour[];
}
type Neighbour = readonly [layer: Bijector, scope: Scope];

/** The only continuous layer of a chain, through chains within chains. */
function placeOf(bijector: Bijector, scope: Scope): Place {
  const flat = (layer: Bijector, at: Scope): Neighbour[] => {
    if (layer.kind !== "chain") return [[layer, at]];
    const { layers } = layer.options as { readonly layers: readonly Bijector[] };
    return layers.flatMap((inner, i) => flat(inner, at.at("layers", i)));
  };
  const all = flat(bijector, scope);
  const places = all.flatMap(([layer], i) => (isContinuous(layer) ? [i] : []));
  const [place] = places;
  if (place === undefined || places.length > 1)
    throw new OptionError(
      "flow-matching",
      `flowMatching: there ${places.length === 0 ? "is no" : "is more than one"} ffjord layer in ${bijector.kind} (${all.map(([l]) => l.kind).join(", ")}).`,
      { hint: "Flow matching trains the field of one continuous layer; take the likelihood for other flows." },
    );
  const [layer, own] = all[place]!;
  return {
    options: (layer as Bijector & { options: FfjordLayerOptions }).options,
    scope: own,
    before: all.slice(0, place),
    behind: all.slice(place + 1),
  };
}

/**
 * Makes the loss that trains a continuous flow without solving it: the mean of |f(zₜ, t) − (x − z)|² over straight lines
 * zₜ = (1 − t) z + t x from the base's z to the data's x; the times spread over the batch.
 *
 * Its value is no likelihood and does not go to 0. Other layers of the flow are passed through and not trained by it.
 *
 * @throws {OptionError} where the flow does not have exactly one `ffjord` layer
 * @see Lipman et al. 2023, Flow Matching for Generative Modeling; Tong et al. 2024, Improving and Generalizing Flow-Based
 * Generative Models with Minibatch Optimal Transport
 * @example
 * const model = await fit(ffjord({ features: 2 }), { x }, { backend, steps: 50, loss: flowMatching() });
 */
export const flowMatching =
  ({ late = 1 }: FlowMatchingOptions = {}): Loss =>
  ({ flow, scope, x }) => {
    const { options, scope: own, before, behind } = placeOf(flow.bijector, scope.at("bijector"));
    const count = x!.shape[0]!;
    let data: Tensor = x!;
    for (const [layer, at] of [...behind].reverse()) data = layer.inverse(at, data)[0];
    let base = flow.base.sample(scope.at("base"), [count]);
    for (const [layer, at] of before) base = layer.forward(at, base)[0];
    const [z, end] = [stopGradient(base), stopGradient(data)];
    // Each event has a part of the time to itself: less noise in the loss than free draws, and the same mean.
    const draw = scope.noise("flow-matching/time", { kind: "uniform" }, [count]);
    const share = div(add(iota(count), draw), sizeOf(count));
    const t = late === 1 ? share : sub(1, pow(sub(1, share), late));
    const s = expandDims(t, -1);
    const at = add(mul(sub(1, s), z), mul(s, end));
    const field = fieldAt(options, own, [count]);
    const error = sub(field.apply(field.inputs, t, at), sub(end, z));
    return mean(sum(square(error), -1));
  };
