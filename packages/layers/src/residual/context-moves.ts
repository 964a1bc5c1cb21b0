/**
 * Layers whose own arrays are moved by a context.
 *
 * @module
 */
import {
  add,
  leading,
  type Network,
  type Parameters,
  reshape,
  type Scope,
  size,
  slice,
  type Tensor,
  z,
} from "@normflow/core";
import { mlp } from "../network/mlp.ts";

/** What such layers take beside their own options. */
export interface ContextOptions {
  /** Size of a context vector. */
  context?: number | undefined;
  /** Widths of the perceptron that reads the context; [64] unless told. */
  hidden?: number[] | undefined;
}

/** How these options are checked. */
export const contextOptions = { context: z.optional(size), hidden: z.optional(z.array(size)) };

/** The perceptron that gives `count` numbers for a context, zero at the start. */
const networkOf = ({ context, hidden = [64] }: ContextOptions, count: number): Network | undefined =>
  context === undefined ? undefined : mlp({ in: context, out: count, hidden });

/** The perceptron's parameters, none without a context. */
export const contextParameters = (options: ContextOptions, count: number): Parameters =>
  networkOf(options, count)?.params ?? {};

/**
 * Arrays of a layer, each plus its share of what the perceptron says of the context.
 *
 * @param own the arrays; without a context they are returned as they are, with one they get the batch's axes
 * @param x what the layer is applied to, […batch, features]
 */
export function movedByContext<K extends string>(
  own: Readonly<Record<K, Tensor>>,
  x: Tensor,
  scope: Scope,
  options: ContextOptions,
): Readonly<Record<K, Tensor>> {
  const sizes = Object.values<Tensor>(own).map(({ shape }) => (shape as number[]).reduce((a, b) => a * b, 1));
  const network = networkOf(
    options,
    sizes.reduce((a, b) => a + b, 0),
  );
  const batch = leading(x.shape, 1);
  const context = network && scope.contextFor(batch, 1);
  if (!context) return own;
  const all = network.apply(scope.at("network"), context, undefined);
  let start = 0;
  const moved = Object.entries<Tensor>(own).map(([name, value], i) => {
    const share = reshape(slice(all, -1, start, sizes[i]!), [...batch, ...value.shape]);
    start += sizes[i]!;
    return [name, add(share, value)];
  });
  return Object.fromEntries(moved) as Readonly<Record<K, Tensor>>;
}
