/**
 * The affine map of a network's layer.
 *
 * @module
 */
import { add, expandDims, matmul, type Parameter, squeezeAxis, type Tensor, uniformInit, zeros } from "@normflow/core";

/** Weights [out, in] and biases [out]. */
export interface Dense<T> {
  readonly [name: string]: T;
  readonly weight: T;
  readonly bias: T;
}

/** Starts uniformly within ±1/√in, which keeps activations at one size through many layers. */
export const denseInit = (inputs: number, outputs: number): Dense<Parameter> => ({
  weight: uniformInit([outputs, inputs], 1 / Math.sqrt(Math.max(1, inputs))),
  bias: uniformInit([outputs], 1 / Math.sqrt(Math.max(1, inputs))),
});

/** Starts at zero, so that what follows starts as the identity. */
export const denseZeros = (inputs: number, outputs: number): Dense<Parameter> => ({
  weight: zeros([outputs, inputs]),
  bias: zeros([outputs]),
});

/** W x for W [out, in] and x […, in]. */
export const linear = (weight: Tensor, x: Tensor): Tensor =>
  x.rank > 1
    ? matmul(x, weight, { transposeB: true })
    : squeezeAxis(matmul(expandDims(x, 0), weight, { transposeB: true }), 0);

/** W x + b for x […, in]. */
export const dense = ({ weight, bias }: Dense<Tensor>, x: Tensor): Tensor => add(linear(weight, x), bias);
