/**
 * The nonlinearities of networks, by name.
 *
 * @module
 */
import { add, erf, expm1, min, mul, relu, sigmoid, softplus, type Tensor, tanh, z } from "@normflow/core";

/** Functions by the name that options give. */
export const activations = {
  relu,
  tanh,
  sigmoid,
  softplus,
  /** x for x > 0, else eˣ − 1 */
  elu: (x: Tensor): Tensor => add(relu(x), expm1(min(x, 0))),
  /** x σ(x) */
  silu: (x: Tensor): Tensor => mul(x, sigmoid(x)),
  /** x Φ(x) */
  gelu: (x: Tensor): Tensor => mul(x, mul(0.5, add(1, erf(mul(x, Math.SQRT1_2))))),
} satisfies Record<string, (x: Tensor) => Tensor>;

/** The name of a nonlinearity. */
export type Activation = keyof typeof activations;

/** A nonlinearity in an options schema. */
export const activation = z.enum(Object.keys(activations) as Activation[]);
