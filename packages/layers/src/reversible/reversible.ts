/**
 * Training without stored activations.
 *
 * @module
 */
import {
  type Bijector,
  chain,
  customVjp,
  defineLayer,
  type Mapped,
  OptionError,
  part,
  type Scope,
  type Tensor,
  z,
} from "@normflow/core";
import { back } from "./back.ts";
import { blocksOf } from "./blocks.ts";
import { given, tableOf, through, type Way } from "./through.ts";

/** Options of `reversible`. */
export interface ReversibleOptions {
  layers: Bijector[];
}

function run(layers: readonly Bijector[], way: Way, x: Tensor, scope: Scope): Mapped {
  const blocks = blocksOf(layers);
  const tables = blocks.map((block) => tableOf(block, scope));
  // Layers that start from data assign parameters and state, which belongs outside of a function with its own gradient.
  if (scope.mode === "init") return through({ layers, blocks, tables, way, scope }, x);
  const inputs = [x, ...given(scope.context), ...tables.flatMap(given)];
  /** The value and the pass as they are within the function, whose inputs stand for them. */
  const taken = ([value, ...rest]: readonly Tensor[]) => {
    const within = scope.withContext(scope.context && rest.shift());
    const own = tables.map((table) => table && rest.shift()!);
    return { value: value!, pass: { layers, blocks, tables: own, way, scope: within } };
  };
  return customVjp(
    `reversible-${way}`,
    (all) => {
      const { value, pass } = taken(all);
      return through(pass, value);
    },
    (all, [result], [ofResult, ofLogDet]) =>
      back(taken(all).pass, result!, { ofResult: ofResult!, ofLogDet: ofLogDet! }, all),
    inputs,
  );
}

/**
 * Composes bijectors as `chain` does, but keeps no activations for the gradient: the backward pass finds each layer's input
 * again by inverting it, from the result to the start. Layers that repeat, but for their parameters and for literals such as
 * permutations, are turns of one loop. So memory grows with the number of layers by their parameters only; a training step
 * costs one more pass.
 *
 * Values, log-dets and gradients are those of `chain`, up to the rounding of the inverses: the layers should be
 * well-conditioned, and must draw no noise. Both directions should be one pass.
 *
 * @throws {FlowError} `reversible-second` where a gradient of its gradient is traced
 * @throws {OptionError} `reversible-noise` where a layer draws noise, `reversible-search` where one is inverted numerically
 * @see Gomez et al. 2017, The Reversible Residual Network: Backpropagation Without Storing Activations
 * @see Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions, section 1
 */
export const reversible = defineLayer({
  kind: "reversible",
  options: z.object({ layers: z.array(part<Bijector>("bijector")) }),
  facts: ({ layers }: ReversibleOptions) => {
    const { facts } = chain(layers);
    const named = (test: (layer: Bijector) => boolean): string => {
      const i = layers.findIndex(test);
      return `layer ${i + 1} (${layers[i]!.kind})`;
    };
    const noisy = (l: Bijector): boolean => l.facts.stochastic.forward || l.facts.stochastic.inverse || !l.facts.exact;
    if (layers.some(noisy))
      throw new OptionError(
        "reversible-noise",
        `reversible: ${named(noisy)} is no bijection, so its input does not follow from its result.`,
        {
          hint: "Leave it outside: chain([reversible({ layers }), layer]).",
        },
      );
    const searches = (l: Bijector): boolean => "search" in l.facts.cost.forward || "search" in l.facts.cost.inverse;
    if (layers.some(searches))
      throw new OptionError(
        "reversible-search",
        `reversible: ${named(searches)} is inverted by a search, which would run again in every training step.`,
        {
          hint: "Use chain for it, which keeps activations.",
        },
      );
    const { monotone, cost, ...rest } = facts;
    return { ...rest, ...(monotone === undefined ? {} : { monotone }), forward: cost.forward, inverse: cost.inverse };
  },
  params: ({ layers }) => ({ layers: layers.map((l) => l.params) }),
  state: ({ layers }) => ({ layers: layers.map((l) => l.state) }),
  forward: (_, base, scope, { layers }) => run(layers, "forward", base, scope),
  inverse: (_, x, scope, { layers }) => run(layers, "inverse", x, scope),
});
