/**
 * Permutations of the features.
 *
 * @module
 */
import { type Bijector, constant, defineLayer, key, OptionError, permutation, z } from "@normflow/core";
import { columns } from "../layout/columns.ts";

/**
 * Reorders features, `xᵢ = z[permutation[i]]`, event `[D]`, log-det 0.
 *
 * @throws {OptionError} where the list is no permutation of 0 … D − 1
 */
export const permute = defineLayer({
  kind: "permute",
  options: z.object({ permutation: z.array(z.int().check(z.gte(0))) }),
  facts: ({ permutation: order }) => {
    if (order.length === 0 || [...order].sort((a, b) => a - b).some((v, i) => v !== i))
      throw new OptionError("permutation", `permute: [${order}] does not name each of 0 to ${order.length - 1} once.`, {
        hint: "List where each feature comes from, such as [1, 0]; reversed(features) turns the order around.",
      });
    return { event: [order.length], constantLogDet: true };
  },
  forward: (_, base, __, { permutation: order }) => [columns(base, order), constant(0)],
  inverse: (_, x, __, { permutation: order }) => [
    columns(
      x,
      order.map((_v, i) => order.indexOf(i)),
    ),
    constant(0),
  ],
});

/** Features in the opposite order. */
export const reversed = (features: number): Bijector =>
  permute({ permutation: Array.from({ length: features }, (_, i) => features - 1 - i) });

/** Features in an order drawn by a seed; the description holds the order itself. */
export const randomPermutation = (features: number, seed: number): Bijector =>
  permute({ permutation: [...permutation(key(seed), features)] });
