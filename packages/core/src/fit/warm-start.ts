/**
 * Starting from what was trained before.
 *
 * @module
 */
import type { FloatArray } from "../backend.ts";
import { type Layout, layoutOf, startValues } from "../bijector/program.ts";
import type { Flow } from "../distribution/flow.ts";
import { OptionError } from "../error.ts";
import { sameShape } from "../graph/size.ts";
import { key as seedKey } from "../random/index.ts";
import type { Model, Weights } from "./model.ts";

/** A vector of the layout `to`: arrays of the same path and shape from another vector, the others as they start. */
function carriedOver(to: Layout, from: Layout, vector: FloatArray, fresh: FloatArray): readonly [FloatArray, number] {
  const known = new Map(from.entries.map((entry) => [entry.path, entry]));
  let taken = 0;
  for (const { path, parameter, offset } of to.entries) {
    const old = known.get(path);
    if (!old || !sameShape(old.parameter.shape, parameter.shape)) continue;
    fresh.set(vector.subarray(old.offset, old.offset + parameter.size), offset);
    taken++;
  }
  return [fresh, taken];
}

/**
 * The weights with which a flow starts where a model of a similar flow is at hand: arrays of the same path and shape are
 * taken over, the others start afresh from the seed.
 *
 * @throws {OptionError} `warm-start` where nothing fits
 * @example
 * const deeper = realNVP({ features: 2, layers: 12 });
 * const model = await fit(deeper, { x }, { backend, steps: 100, from: warmStart(deeper, trained) });
 */
export function warmStart(flow: Flow, from: Model, seed = 0): Weights {
  const key = seedKey(seed);
  const params = layoutOf(flow.params);
  const state = layoutOf(flow.state);
  const [vector, taken] = carriedOver(
    params,
    layoutOf(from.flow.params),
    from.weights.params,
    startValues(params, key),
  );
  if (taken === 0)
    throw new OptionError("warm-start", "No array of the given model has a path and a shape that this flow knows.", {
      hint: "Start from a model of a similar flow: the same recipe, with more layers or another context.",
    });
  return {
    params: vector,
    state: carriedOver(state, layoutOf(from.flow.state), from.weights.state, startValues(state, key))[0],
  };
}
