/**
 * The multilayer perceptron.
 *
 * @module
 */
import { concat, definePart, type Network, type Scope, size, type Tensor, z } from "@normflow/core";
import { withDefaults } from "../defaults.ts";
import { type Activation, activation, activations } from "./activation.ts";
import { type Dense, dense, denseInit, denseZeros } from "./dense.ts";

/** Options of `mlp`. */
export interface MlpOptions {
  in: number;
  out: number;
  /** Size of a context vector, which joins the input. */
  context?: number | undefined;
  /** Widths of the hidden layers; [64, 64] unless told. */
  hidden: number[];
  /** relu unless told. */
  activation: Activation;
  /** Whether the last layer starts at zero, so that what it parametrises starts as the identity; true unless told. */
  zeroLast: boolean;
}

const perceptron = definePart<MlpOptions, Network>({
  kind: "mlp",
  options: z.object({
    in: size,
    out: size,
    context: z.optional(size),
    hidden: z.array(size),
    activation,
    zeroLast: z.boolean(),
  }),
  build: ({ in: inputs, out, context, hidden, activation: name, zeroLast }) => {
    const widths = [inputs + (context ?? 0), ...hidden];
    const last = (zeroLast ? denseZeros : denseInit)(widths.at(-1)!, out);
    return {
      role: "network",
      context: context === undefined ? undefined : [context],
      params: { layers: [...hidden.map((width, i) => denseInit(widths[i]!, width)), last] },
      apply(scope: Scope, x: Tensor, given: Tensor | undefined) {
        const layer = (i: number): Dense<Tensor> => scope.at("layers", i).params as Dense<Tensor>;
        const joined = context === undefined || !given ? x : concat([x, given], -1);
        const top = hidden.reduce((h, _, i) => activations[name](dense(layer(i), h)), joined);
        return dense(layer(hidden.length), top);
      },
    };
  },
});

/** Maps […, in] (and a context […, context] beside it) to […, out] by dense layers with a nonlinearity between them. */
export const mlp = withDefaults<MlpOptions, "hidden" | "activation" | "zeroLast", Network>(perceptron, {
  hidden: [64, 64],
  activation: "relu",
  zeroLast: true,
});
