/**
 * Scalar transformations as layers of one feature, for tests.
 *
 * @module
 */
import type { Bijector, Transformation } from "@normflow/core";
import { autoregressive } from "../autoregressive/autoregressive.ts";
import { maskedMlp } from "../conditioner/masked-mlp.ts";

/** A transformation of event [1] whose θ is the bias of a perceptron with nothing to read. */
export const scalarLayer = (transformation: Transformation): Bijector =>
  autoregressive({
    transformation,
    conditioner: maskedMlp({ features: 1, parameters: transformation.parameters, hidden: [] }),
  });

/** The path of θ in the layer's parameters. */
export const SCALAR_THETA = "conditioner/layers/0/bias";
