/**
 * The convolutional network of couplings between images.
 *
 * @module
 */
import {
  add,
  conv2d,
  definePart,
  leading,
  type Network,
  OptionError,
  type Parameter,
  reshape,
  type Scope,
  size,
  type Tensor,
  uniformInit,
  z,
  zeros,
} from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { type Activation, activation, activations } from "../network/activation.ts";
import { denseZeros, linear } from "../network/dense.ts";

/** Options of `convNet`. */
export interface ConvNetOptions {
  /** Channels of the input. */
  in: number;
  /** Channels of the result. */
  out: number;
  /** Channels of the two hidden layers. */
  hidden: number;
  /** Size of a context vector, which shifts the first hidden layer's channels. */
  context?: number | undefined;
  /** Height and width of the first and the last kernel, an odd number; 3 unless told. */
  kernel: number;
  /** relu unless told. */
  activation: Activation;
  /** Whether the last layer starts at zero, so that what it parametrises starts as the identity; true unless told. */
  zeroLast: boolean;
}

/** Kernel [out, in, k, k] and biases [out], of one size through many layers at the start. */
function convolution(inputs: number, outputs: number, kernel: number): Record<"kernel" | "bias", Parameter> {
  const bound = 1 / Math.sqrt(inputs * kernel ** 2);
  return { kernel: uniformInit([outputs, inputs, kernel, kernel], bound), bias: uniformInit([outputs], bound) };
}

const network = definePart<ConvNetOptions, Network>({
  kind: "conv-net",
  options: z.object({
    in: size,
    out: size,
    hidden: size,
    context: z.optional(size),
    kernel: size,
    activation,
    zeroLast: z.boolean(),
  }),
  build: ({ in: inputs, out, hidden, context, kernel, activation: name, zeroLast }) => {
    if (kernel % 2 === 0)
      throw new OptionError("conv-net-kernel", `conv-net: a kernel of ${kernel} has no middle.`, {
        hint: `Take ${kernel + 1}.`,
      });
    const last = zeroLast
      ? { kernel: zeros([out, hidden, kernel, kernel]), bias: zeros([out]) }
      : convolution(hidden, out, kernel);
    return {
      role: "network",
      context: context === undefined ? undefined : [context],
      params: {
        first: convolution(inputs, hidden, kernel),
        middle: convolution(hidden, hidden, 1),
        last,
        ...(context === undefined ? {} : { context: { weight: denseZeros(context, hidden).weight } }),
      },
      apply(scope: Scope, x: Tensor, given: Tensor | undefined) {
        const act = activations[name];
        const batch = leading(x.shape, 3);
        const layer = (part: string, h: Tensor, k: number): Tensor => {
          const { kernel: w, bias } = scope.at(part).params as Record<"kernel" | "bias", Tensor>;
          const margin = (k - 1) / 2;
          return add(
            conv2d(h, w, { padding: [margin, margin, margin, margin] }),
            reshape(bias, [bias.shape[0]!, 1, 1]),
          );
        };
        const images = reshape(x, [-1, ...x.shape.slice(-3)]);
        let h = layer("first", images, kernel);
        if (given && context !== undefined) {
          const { weight } = scope.at("context").params as Record<"weight", Tensor>;
          h = add(h, reshape(linear(weight, reshape(given, [-1, context])), [-1, hidden, 1, 1]));
        }
        const y = layer("last", act(layer("middle", act(h), 1)), kernel);
        return reshape(y, [...batch, ...y.shape.slice(1)]);
      },
    };
  },
});

/**
 * Maps images […, in, H, W] (and a context […, context] beside them) to […, out, H, W] by convolutions with kernels of 3 × 3,
 * 1 × 1 and 3 × 3, zeros around the border and a nonlinearity between them.
 *
 * @throws {OptionError} `conv-net-kernel` for an even kernel
 * @see Kingma & Dhariwal 2018, Glow: Generative Flow with Invertible 1×1 Convolutions, section 4
 */
export const convNet = withDefaults<ConvNetOptions, "kernel" | "activation" | "zeroLast", Network>(network, {
  kernel: 3,
  activation: "relu",
  zeroLast: true,
});
