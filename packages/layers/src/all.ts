/**
 * Every built-in kind, for `load(bytes, { layers: all })`. Nothing else should import this: a bundle holds what it uses.
 *
 * @module
 */
import { composed, diagonalNormal, flow, inverted, type Kind, standardNormal, standardUniform } from "@normflow/core";
import * as kinds from "./kinds.ts";

/** The kinds of core and of this package. */
export const all: readonly Kind[] = [
  composed,
  diagonalNormal,
  flow,
  inverted,
  standardNormal,
  standardUniform,
  ...Object.values(kinds),
];
