/**
 * Training without stored activations.
 *
 * @module
 */
import {
  add,
  type Bijector,
  chain,
  customVjp,
  defineLayer,
  FlowError,
  leaves,
  type Mapped,
  mapTree,
  min,
  OptionError,
  part,
  relu,
  type Scope,
  stopGradient,
  sum,
  Tensor,
  type Tree,
  vjp,
  z,
} from "@normflow/core";

/** Options of `reversible`. */
export interface ReversibleOptions {
  layers: Bijector[];
}

type Way = "forward" | "inverse";

const isTensor = (node: unknown): node is Tensor => node instanceof Tensor;

/** The layers in the order in which a way meets them. */
const orderOf = (layers: readonly Bijector[], way: Way): number[] => {
  const order = [...layers.keys()];
  return way === "forward" ? order : order.reverse();
};

/** The scope of one layer with its parameters, and the context, replaced by given tensors. */
function scopeWith(scope: Scope, i: number, params: readonly Tensor[], context: Tensor | undefined): Scope {
  const own = scope.at("layers", i);
  const given = params.values();
  const tree = mapTree<Tensor, Tensor>(own.params, isTensor, () => given.next().value!);
  return own.withParams(tree).withContext(context);
}

/** What a run takes as inputs: the value, the context where there is one, and each layer's parameters. */
interface Taken {
  readonly value: Tensor;
  readonly context: Tensor | undefined;
  readonly params: readonly (readonly Tensor[])[];
}

function take(inputs: readonly Tensor[], counts: readonly number[], hasContext: boolean): Taken {
  let from = hasContext ? 2 : 1;
  const params = counts.map((n) => inputs.slice(from, (from += n)));
  return { value: inputs[0]!, context: hasContext ? inputs[1]! : undefined, params };
}

/** A gradient that refuses to be differentiated; what it was made of is cut off from the inputs, so it reads them again. */
const onlyOnce = (gradient: Tensor, inputs: readonly Tensor[]): Tensor =>
  customVjp(
    "reversible-gradient",
    ([t]) => [t!],
    () => {
      throw new FlowError("reversible-second", "reversible: its gradient has no gradient.", {
        hint: "Use chain, which keeps activations, where second derivatives are wanted.",
      });
    },
    [gradient, ...inputs],
  )[0];

/**
 * x unchanged, but not before `done` is known. What each layer's gradient holds can be freed only once it has been taken, and
 * runtimes that walk a graph from its end would put off the parameters' gradients and keep all that they read.
 * min(relu(s), 0) is a 0 that no pass recognises.
 */
function once(x: Tensor, done: readonly Tensor[]): Tensor {
  const [first, ...rest] = done.map((t) => sum(t));
  return first ? add(x, min(relu(rest.reduce((a, b) => add(a, b), first)), 0)) : x;
}

function run(layers: readonly Bijector[], way: Way, x: Tensor, scope: Scope): Mapped {
  const trees = layers.map((_, i) => scope.at("layers", i).params as Tree<Tensor>);
  const params = trees.map((tree) => leaves(tree, isTensor).map(([, leaf]) => leaf));
  const counts = params.map((p) => p.length);
  const hasContext = scope.context !== undefined;
  const inputs = [x, ...(scope.context ? [scope.context] : []), ...params.flat()];
  const order = orderOf(layers, way);
  const back = way === "forward" ? "inverse" : "forward";
  const all = chain([...layers]);
  return customVjp(
    `reversible-${way}`,
    (given) => {
      const own = take(given, counts, hasContext);
      const within = { layers: layers.map((_, i) => scopeWith(scope, i, own.params[i]!, own.context).params) };
      return all[way](scope.withParams(within).withContext(own.context), own.value);
    },
    (given, [result], [ofValue, ofLogDet]) => {
      const own = take(given, counts, hasContext);
      const cts: (Tensor | undefined)[][] = counts.map(() => []);
      let [after, ct] = [stopGradient(result!), ofValue];
      let ofContext: Tensor | undefined;
      for (const i of [...order].reverse()) {
        const at = scopeWith(scope, i, own.params[i]!, own.context);
        const before = stopGradient(layers[i]![back](at, after)[0]);
        const [value, logDet] = layers[i]![way](at, before);
        const wrt = [before, ...own.params[i]!, ...(own.context ? [own.context] : [])];
        const outputs = [...(ct ? [[value, ct] as const] : []), ...(ofLogDet ? [[logDet, ofLogDet] as const] : [])];
        const [first, ...rest] = vjp(
          outputs.map(([output]) => output),
          outputs.map(([, cotangent]) => cotangent),
          wrt,
        );
        if (own.context) ofContext = ofContext ? add(ofContext, rest.pop()!) : rest.pop()!;
        cts[i] = rest;
        [after, ct] = [once(before, rest), once(first!, rest)];
      }
      return [ct, ...(hasContext ? [ofContext] : []), ...cts.flat()].map((t) => t && onlyOnce(t, inputs));
    },
    inputs,
  ) as unknown as Mapped;
}

/**
 * Composes bijectors as `chain` does, but keeps no activations for the gradient: the backward pass finds each layer's input
 * again by inverting it, from the result to the start. Memory does not grow with the number of layers; a training step costs
 * one more pass.
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
  // Layers that start from data assign parameters and state, which belongs outside of a function with its own gradient.
  forward: (_, base, scope, { layers }) =>
    scope.mode === "init" ? chain(layers).forward(scope, base) : run(layers, "forward", base, scope),
  inverse: (_, x, scope, { layers }) =>
    scope.mode === "init" ? chain(layers).inverse(scope, x) : run(layers, "inverse", x, scope),
});
