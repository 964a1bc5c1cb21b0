/**
 * The opposite direction of a scalar transformation.
 *
 * @module
 */
import { definePart, part, type Transformation, z } from "@normflow/core";

/** The kind behind `invertTransformation`, for lists of kinds. */
export const invertedTransformation = definePart<{ transformation: Transformation }, Transformation>({
  kind: "invert-transformation",
  options: z.object({ transformation: part<Transformation>("transformation") }),
  build: ({ transformation }) => ({
    role: "transformation",
    parameters: transformation.parameters,
    domain: transformation.codomain,
    codomain: transformation.domain,
    ...(transformation.searches && { searches: transformation.searches === "forward" ? "inverse" : "forward" }),
    forward: transformation.inverse,
    inverse: transformation.forward,
  }),
});

/** Swaps a transformation's directions: with `histogramCdf` it draws a cell and a place in it from a uniform. */
export const invertTransformation = (transformation: Transformation): Transformation =>
  invertedTransformation({ transformation });
