/**
 * Every built-in kind, for `load(bytes, { layers: all })`. Nothing else should import this: a bundle holds what it uses.
 *
 * @module
 */
import {
  composed,
  conditionalNormal,
  diagonalNormal,
  flow,
  inverted,
  type Kind,
  mixtureOfNormals,
  normalAndCircular,
  standardCauchy,
  standardGumbel,
  standardLaplace,
  standardLogistic,
  standardNormal,
  standardUniform,
  studentT,
} from "@normflow/core";
import * as kinds from "./kinds.ts";

/** The kinds of core and of this package. */
export const all: readonly Kind[] = [
  composed,
  conditionalNormal,
  diagonalNormal,
  flow,
  inverted,
  mixtureOfNormals,
  normalAndCircular,
  standardCauchy,
  standardGumbel,
  standardLaplace,
  standardLogistic,
  standardNormal,
  standardUniform,
  studentT,
  ...Object.values(kinds),
];
