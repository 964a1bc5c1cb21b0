/**
 * The neural autoregressive flow.
 *
 * @module
 */
import type { Flow } from "@normflow/core";
import { deepSigmoid } from "../transformation/deep-sigmoid.ts";
import { invertTransformation } from "../transformation/invert-transformation.ts";
import { type AutoregressiveStackOptions, autoregressiveStack } from "./maf.ts";

/** Options of `naf`. */
export interface NafOptions extends AutoregressiveStackOptions {
  /** Sigmoids of each monotone network; 16 unless told. */
  units?: number | undefined;
  /** Layers of sigmoids in each monotone network; 1 unless told. */
  depth?: number | undefined;
}

/**
 * Makes a neural autoregressive flow: `maf` with monotone networks of sigmoids in place of affine maps; event
 * `[features]`, 3 layers unless told. Density is one pass; sampling is one scan of D searches a layer.
 *
 * @see Huang, Krueger, Lacoste & Courville 2018, Neural Autoregressive Flows
 * @example naf({ features: 2, units: 8 })
 */
export const naf = ({ units, depth, layers = 3, ...stack }: NafOptions): Flow =>
  autoregressiveStack({ ...stack, layers }, invertTransformation(deepSigmoid({ units, depth })));
