/**
 * The masked perceptron of autoregressive layers.
 *
 * @module
 */
import {
  at,
  broadcastTo,
  type Conditioner,
  concat,
  constant,
  definePart,
  dynamicSlice,
  dynamicUpdateSlice,
  expandDims,
  greaterEqual,
  leading,
  max,
  mul,
  reshape,
  type Scope,
  size,
  sub,
  type Tensor,
  z,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { type Activation, activation, activations } from "../network/activation.ts";
import { type Dense, dense, denseInit, denseZeros } from "../network/dense.ts";

/** Options of `maskedMlp`. */
export interface MaskedMlpOptions {
  features: number;
  /** Parameters a feature. */
  parameters: number;
  /** Size of a context vector, which all features see. */
  context?: number | undefined;
  /** Widths of the hidden layers; [64, 64] unless told. */
  hidden: number[];
  /** relu unless told. */
  activation: Activation;
}

/** Units of one layer, sorted by degree: a unit of degree m sees the first m features and units of degree ≤ m. */
interface Units {
  readonly degrees: readonly number[];
  /** Where the units of each degree 0 … features − 1 start. */
  readonly starts: readonly number[];
  /** The largest number of units of one degree. */
  readonly window: number;
}

function unitsOf(degrees: readonly number[], features: number): Units {
  const counts = new Array<number>(features).fill(0);
  for (const degree of degrees) counts[degree]!++;
  let start = 0;
  const starts = counts.map((n) => {
    start += n;
    return start - n;
  });
  return { degrees, starts, window: counts.reduce((a, b) => Math.max(a, b), 0) };
}

/** The units of every layer, and the degree of what each layer reads. */
interface UnitPlan {
  readonly all: readonly Units[];
  readonly read: readonly (readonly number[])[];
}

function unitsOfLayers({
  features,
  parameters,
  context,
  hidden,
}: Pick<MaskedMlpOptions, "features" | "parameters" | "hidden"> & { readonly context: number }): UnitPlan {
  // Degree 0 sees the context alone. Without one it would be constant, and there is no other degree for one feature.
  const low = context > 0 || features === 1 ? 0 : 1;
  // The context stands before the features, and counts as an input of degree 0; feature j is read from degree j + 1.
  const inputs = Array.from({ length: context + features }, (_, k) => Math.max(0, k - context + 1));
  const layers = hidden.map((width) => unitsOf(spread(width, low, features), features));
  const outputs = unitsOf(
    Array.from({ length: features * parameters }, (_, k) => Math.floor(k / parameters)),
    features,
  );
  const all = [...layers, outputs];
  return { all, read: all.map((_, l) => (l === 0 ? inputs : layers[l - 1]!.degrees)) };
}

/** Computes when first asked: a file may claim any size, and is believed once its arrays were seen to have it. */
function planned(make: () => UnitPlan): () => UnitPlan {
  let plan: UnitPlan | undefined;
  return () => (plan ??= make());
}

/** Degrees low … features − 1, spread evenly over the units in ascending order. */
const spread = (width: number, low: number, features: number): number[] =>
  Array.from({ length: width }, (_, k) => low + Math.floor((k * (features - low)) / width));

/** 1 where a unit may read an input. */
const mask = (units: Tensor, inputs: readonly number[]): Tensor =>
  greaterEqual(expandDims(units, 1), constant(inputs, [1, inputs.length]));

const maskedPerceptron = definePart<MaskedMlpOptions, Conditioner>({
  kind: "masked-mlp",
  options: z.object({
    features: size,
    parameters: size,
    context: z.optional(size),
    hidden: z.array(size),
    activation,
  }),
  build: ({ features, parameters, context = 0, hidden, activation: name }) => {
    const widths = [...hidden, features * parameters];
    const plan = planned(() => unitsOfLayers({ features, parameters, context, hidden }));
    const activate = (l: number, x: Tensor): Tensor => (l < hidden.length ? activations[name](x) : x);
    const own = (scope: Scope, l: number): Dense<Tensor> => scope.at("layers", l).params as Dense<Tensor>;

    return {
      role: "conditioner",
      features,
      parameters,
      context: context > 0 ? [context] : undefined,
      params: {
        layers: widths.map((width, l) =>
          (l < hidden.length ? denseInit : denseZeros)(l === 0 ? context + features : widths[l - 1]!, width),
        ),
      },

      parallel(scope, x) {
        const { all, read } = plan();
        const given = scope.contextFor(leading(x.shape, 1), 1);
        const theta = all.reduce(
          (h, { degrees }, l) => {
            const { weight, bias } = own(scope, l);
            return activate(l, dense({ weight: mul(weight, mask(constant(degrees), read[l]!)), bias }, h));
          },
          given ? concat([given, x], -1) : x,
        );
        return reshape(theta, [...x.shape, parameters]);
      },

      start(scope, batch) {
        const given = scope.contextFor(batch, 1);
        const blank = (width: number): Tensor => broadcastTo(0, [...batch, width]);
        return [given ? concat([given, blank(features)], -1) : blank(features), ...hidden.map(blank)];
      },

      /**
       * Computes the units whose degree is the index: all steps together cost one pass. The window may also hold units
       * of other degrees. Lower ones get the value they have; higher ones get a wrong one, which no unit up to this
       * degree reads, and their own one when their turn comes.
       */
      step(scope, carry, index, previous) {
        const { all, read } = plan();
        const [before, ...rest] = carry as readonly [Tensor, ...Tensor[]];
        const place = max(sub(index, 1 - context), context);
        const next: Tensor[] = [dynamicUpdateSlice(before, -1, place, expandDims(previous, -1))];
        let theta = next[0]!;
        all.forEach(({ degrees, starts, window }, l) => {
          const start = at(constant(starts), 0, index);
          const { weight, bias } = own(scope, l);
          const units = dynamicSlice(constant(degrees), 0, start, window);
          const rows = {
            weight: mul(dynamicSlice(weight, 0, start, window), mask(units, read[l]!)),
            bias: dynamicSlice(bias, 0, start, window),
          };
          theta = activate(l, dense(rows, theta));
          if (l < hidden.length) next.push((theta = dynamicUpdateSlice(rest[l]!, -1, start, theta)));
        });
        return [theta, next];
      },
    };
  },
});

/**
 * Gives each feature's parameters from the features before it, θᵢ = fᵢ(x_<i, context), by a perceptron with masked
 * weights (MADE) and sequential degrees; θ = 0 at the start, so a layer starts as the identity.
 *
 * Where there are fewer hidden units than features, features share the units of the degrees below them.
 *
 * @see Germain, Gregor, Murray & Larochelle 2015, MADE: Masked Autoencoder for Distribution Estimation
 */
export const maskedMlp = withDefaults<MaskedMlpOptions, "hidden" | "activation", Conditioner>(maskedPerceptron, {
  hidden: [64, 64],
  activation: "relu",
});
