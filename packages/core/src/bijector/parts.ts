/**
 * The parts that layers are made of: pure scalar transformations, networks, and conditioners that see only the past.
 *
 * @module
 */

import type { Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";
import { type Described, type Kind, parseOptions } from "./described.ts";
import type { Domain } from "./facts.ts";
import type { Parameters } from "./parameter.ts";
import type * as z from "./schema.ts";
import type { Scope } from "./scope.ts";

/**
 * A monotone map of scalars whose parameters are given, not owned: affine, spline, histogram CDF.
 * Coupling and autoregressive layers apply it with parameters from a network.
 */
export interface Transformation extends Described {
  readonly role: "transformation";
  /** How many unconstrained numbers describe one scalar map. */
  readonly parameters: number;
  readonly domain: Domain;
  readonly codomain: Domain;
  /** The direction that is a numerical search; neither unless told. */
  readonly searches?: "forward" | "inverse";
  /**
   * θ […, parameters] and z […] → x and ln |dx/dz|, both […]. Layers pass `feature`, which broadcasts against z and says
   * which feature of the event each value is, for maps that differ by feature.
   */
  forward(theta: Tensor, z: Tensor, feature?: Tensor): readonly [x: Tensor, logSlope: Tensor];
  /** θ […, parameters] and x […] → z and ln |dz/dx|, both […]. */
  inverse(theta: Tensor, x: Tensor, feature?: Tensor): readonly [z: Tensor, logSlope: Tensor];
}

/** A function of an event and an optional context, with parameters of its own. */
export interface Network extends Described {
  readonly role: "network";
  /** Context event shape that it takes. */
  readonly context: readonly number[] | undefined;
  readonly params: Parameters;
  /** x […, in] → […, out]; the context, where there is one, has the batch's axes and then its own. */
  apply(scope: Scope, x: Tensor, context: Tensor | undefined): Tensor;
}

/** Gives each feature's transformation parameters from the features before it. */
export interface Conditioner extends Described {
  readonly role: "conditioner";
  readonly features: number;
  /** Parameters a feature. */
  readonly parameters: number;
  /** Context event shape that it conditions on. */
  readonly context: readonly number[] | undefined;
  readonly params: Parameters;
  /** All at once: x […, features] → θ […, features, parameters], where θᵢ depends on x_<i only. */
  parallel(scope: Scope, x: Tensor): Tensor;
  /** The carry before the first feature, for a batch. */
  start(scope: Scope, batch: Shape): readonly Tensor[];
  /** θᵢ […, parameters] from the carry and the feature before (0 at the first); `index` is the scalar i. */
  step(
    scope: Scope,
    carry: readonly Tensor[],
    index: Tensor,
    previous: Tensor,
  ): readonly [theta: Tensor, carry: readonly Tensor[]];
}

/** Makes a factory of parts of one role: options validated, the rest taken from `build`. */
export function definePart<O extends object, T extends Described>(definition: {
  readonly kind: string;
  readonly options: z.Schema<O>;
  build(options: O): Omit<T, "kind" | "options">;
}): ((options: O) => T) & Kind<T> {
  const { kind } = definition;
  const make = (given: O): T => {
    const options = parseOptions(kind, definition.options, given);
    return { ...definition.build(options), kind, options } as unknown as T;
  };
  return Object.assign(make, { kind }) as unknown as ((options: O) => T) & Kind<T>;
}
