/**
 * A perceptron that moves any two points closer together.
 *
 * @module
 */
import {
  add,
  broadcastTo,
  concat,
  div,
  filled,
  max,
  mul,
  neg,
  type Parameter,
  type Parameters,
  type Scope,
  sigmoid,
  sin,
  softplus,
  type Tensor,
  values,
  zeros,
} from "@normflow/core";
import { denseInit, denseZeros, linear } from "../network/dense.ts";
import { singularVector, spectralNorm } from "./spectral-norm.ts";

/** Largest slope of x σ(βx), for every β. */
const SWISH_SLOPE = 1.09984;

/** Largest length of the slopes of x σ(βx) and of its mirror image together. */
const PAIR_SLOPE = 1.1044;

const swish = (x: Tensor, beta: Tensor): Tensor => mul(x, sigmoid(mul(x, beta)));

/** Smooth nonlinearities of slope at most 1, by name: as many outputs an input, and their value. */
export const contractiveActivations = {
  /** x σ(βx) / 1.1, β > 0 learned: LipSwish. */
  lipswish: { width: 1, apply: (x: Tensor, beta: Tensor) => div(swish(x, beta), SWISH_SLOPE) },
  /** LipSwish of x and of −x beside each other: no input is lost where one of them is flat. */
  clipswish: {
    width: 2,
    apply: (x: Tensor, beta: Tensor) => div(concat([swish(x, beta), swish(neg(x), beta)], -1), PAIR_SLOPE),
  },
  /** sin(βx) / β, β > 0 learned, one a unit, from ½ to 4 at the start. */
  sin: { width: 1, apply: (x: Tensor, beta: Tensor) => div(sin(mul(x, beta)), beta) },
} as const;

/** The name of a nonlinearity of slope at most 1. */
export type ContractiveActivation = keyof typeof contractiveActivations;

/** Sizes of the network. */
export interface LipschitzMlpOptions {
  readonly features: number;
  readonly context?: number | undefined;
  readonly hidden: readonly number[];
  readonly activation: ContractiveActivation;
  /** Largest spectral norm of each layer's weights, below 1. */
  readonly coefficient: number;
}

/** A function of an event whose other arguments are listed, so that a gradient written by hand can reach them. */
export interface ListedFunction {
  readonly inputs: readonly Tensor[];
  /** g(z) for z […, D], with `inputs` or tensors that stand for them. */
  readonly apply: (inputs: readonly Tensor[], z: Tensor) => Tensor;
}

interface Layer {
  readonly [name: string]: Parameter;
}

/** Widths in and out of each dense layer. */
function widths({ features, hidden, activation }: LipschitzMlpOptions): (readonly [inputs: number, outputs: number])[] {
  const factor = contractiveActivations[activation].width;
  const ins = [features, ...hidden.map((h) => h * factor)];
  return [...hidden, features].map((outputs, i) => [ins[i]!, outputs]);
}

/** ln(eʸ − 1), of which softplus makes y. */
const unsoftplus = (y: number): number => Math.log(Math.expm1(y));

/** What softplus makes β of: one number a layer for the swishes, one a unit for the sines, from slow to fast ones. */
const sharpness = (activation: ContractiveActivation, units: number): Parameter =>
  activation === "sin"
    ? values(
        [units],
        Array.from({ length: units }, (_, i) => unsoftplus(0.5 * 8 ** (i / Math.max(1, units - 1)))),
      )
    : filled([], 0.5);

/** Weights and biases a layer, β where there is a nonlinearity, `context` where the first layer reads one. */
export const lipschitzParams = (options: LipschitzMlpOptions): Parameters =>
  widths(options).map(([inputs, outputs], i, all): Layer => {
    const last = i === all.length - 1;
    return {
      ...(last ? denseZeros(inputs, outputs) : denseInit(inputs, outputs)),
      ...(last ? {} : { beta: sharpness(options.activation, outputs) }),
      ...(i === 0 && options.context !== undefined ? { context: zeros([outputs, options.context]) } : {}),
    };
  });

/** The singular vectors of the weights. */
export const lipschitzState = (options: LipschitzMlpOptions): Parameters =>
  widths(options).map(([, outputs]) => singularVector(outputs));

/**
 * Reads `layers` of a scope as g: dense layers whose weights W are divided by max(1, |W|₂ / coefficient), with nonlinearities of
 * slope at most 1 between them, so that |g(a) − g(b)| ≤ coefficientᴸ |a − b|. The context enters the first layer, freely.
 */
export function lipschitzMlp(scope: Scope, context: Tensor | undefined, options: LipschitzMlpOptions): ListedFunction {
  const { activation, coefficient } = options;
  const { apply } = contractiveActivations[activation];
  const count = widths(options).length;
  // Each layer lists its weight, what is added to the product, and β.
  const inputs = Array.from({ length: count }, (_, i) => {
    const layer = scope.at("layers", i);
    const { weight, bias, beta, context: read } = layer.params as Readonly<Record<string, Tensor>>;
    const norm = spectralNorm(layer, weight!);
    const shift = read && context ? add(linear(read, context), bias!) : bias!;
    return [div(weight!, max(1, div(norm, coefficient))), shift, beta ? softplus(beta) : broadcastTo(1, [])];
  }).flat();
  return {
    inputs,
    apply: (given, z) => {
      let h = z;
      for (let i = 0; i < count; i++) {
        const [weight, shift, beta] = given.slice(3 * i, 3 * i + 3) as [Tensor, Tensor, Tensor];
        const sum = add(linear(weight, h), shift);
        h = i < count - 1 ? apply(sum, beta) : sum;
      }
      return h;
    },
  };
}
