/**
 * The velocity field of a continuous flow, and how fast it spreads what it carries.
 *
 * @module
 */
import {
  broadcastTo,
  concat,
  dot,
  expandDims,
  leading,
  leaves,
  mapTree,
  mul,
  type Network,
  type Scope,
  sum,
  Tensor,
  type Tree,
  vjp,
} from "@normflow/core";
import { jacobianRows } from "../network/jacobian.ts";

/** f(z, t) whose other arguments, parameters and context, are listed for a gradient that is written by hand. */
export interface Field {
  readonly inputs: readonly Tensor[];
  /** dz/dt […, D] at z […, D] and t, of the last of z's batch axes, with `inputs` or tensors that stand for them. */
  readonly apply: (inputs: readonly Tensor[], t: Tensor, z: Tensor) => Tensor;
  /** Whether the last of `inputs` is a context with a row an event. */
  readonly conditional: boolean;
}

const isTensor = (node: unknown): node is Tensor => node instanceof Tensor;

/** A network of [z, t] as a field; `context` has a row an event. */
export function fieldOf(network: Network, scope: Scope, context: Tensor | undefined): Field {
  const own = leaves(scope.params, isTensor).map(([, leaf]) => leaf);
  return {
    inputs: context ? [...own, context] : own,
    conditional: context !== undefined,
    apply: (inputs, t, z) => {
      let next = 0;
      const params: Tree<Tensor> = mapTree(scope.params, isTensor, () => inputs[next++]!);
      const batch = leading(z.shape, 1);
      const time = broadcastTo(expandDims(t, -1), [...batch, 1]);
      const rows = context && inputs[next]!;
      return network.apply(
        scope.withParams(params),
        concat([z, time], -1),
        rows && broadcastTo(rows, [...batch, rows.shape.at(-1)!]),
      );
    },
  };
}

/** f(z) and tr ∂f/∂z, both a row an event: exactly, or estimated as εᵀ (∂f/∂z) ε with the signs of `probe`. */
export function withDivergence(
  f: (z: Tensor) => Tensor,
  z: Tensor,
  probe: Tensor | undefined,
): { readonly value: Tensor; readonly divergence: Tensor } {
  if (!probe) {
    const { value, rows, units } = jacobianRows(f, z);
    return { value, divergence: sum(mul(rows, units), [0, -1]) };
  }
  const value = f(z);
  return { value, divergence: dot(vjp([value], [probe], [z])[0]!, probe) };
}
