/**
 * Base distributions: where a flow starts.
 *
 * @module
 */
import type { Described } from "../bijector/described.ts";
import type { Domain } from "../bijector/facts.ts";
import type { Parameters } from "../bijector/parameter.ts";
import type { Scope } from "../bijector/scope.ts";
import type { Shape } from "../graph/size.ts";
import type { Tensor } from "../graph/tensor.ts";

/** A distribution with a density and a sampler of its own. */
export interface Base extends Described {
  readonly role: "base";
  readonly event: readonly number[];
  readonly domain: Domain;
  readonly context: readonly number[] | undefined;
  readonly params: Parameters;
  /** ln p(z) in nats: […batch, …event] → […batch]. */
  logProb(scope: Scope, z: Tensor): Tensor;
  /** Draws […batch, …event]; declares its noise as `base`. */
  sample(scope: Scope, batch: Shape): Tensor;
}
