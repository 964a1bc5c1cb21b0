/**
 * Recipes by the name that a command line takes.
 *
 * @module
 */
import { type Flow, positive, size } from "@normflow/core";
import * as z from "zod/mini";
import { activation } from "../network/activation.ts";
import { iaf, type MafOptions, maf } from "./maf.ts";
import { type NsfOptions, nsf } from "./nsf.ts";
import { noted } from "./option-notes.ts";
import { type RealNVPOptions, realNVP } from "./real-nvp.ts";
import { type TabularOptions, tabular } from "./tabular.ts";

/** A flow by name: what it takes and how it is made. */
export interface Recipe<O extends object> {
  /** One line for people. */
  readonly summary: string;
  readonly options: z.ZodMiniType<O>;
  /** Describes the flow. */
  make(options: O): Flow;
}

/** What all recipes of affine layers take. */
const affineFlow = (layers: number) =>
  z.strictObject({
    features: noted(size, "size of an event"),
    context: noted(z.optional(size), "size of a context vector"),
    layers: noted(z.optional(size), "number of layers", layers),
    hidden: noted(z.optional(z.array(size)), "widths of each network's hidden layers", [64, 64]),
    activation: noted(z.optional(activation), "nonlinearity of the networks", "relu"),
    bound: noted(z.optional(positive), "largest |log-scale| of a layer", 2),
    actNorm: noted(z.optional(z.boolean()), "whether an ActNorm follows each layer", true),
  });

/** What the recipe of splines takes. */
const splineFlow = z.strictObject({
  features: noted(size, "size of an event"),
  context: noted(z.optional(size), "size of a context vector"),
  layers: noted(z.optional(size), "number of layers", 3),
  hidden: noted(z.optional(z.array(size)), "widths of each network's hidden layers", [64, 64]),
  activation: noted(z.optional(activation), "nonlinearity of the networks", "relu"),
  bins: noted(z.optional(size), "bins of each spline", 8),
  bound: noted(z.optional(positive), "the splines span [-bound, bound] of standardised columns", 5),
  circular: noted(z.optional(z.array(z.int().check(z.gte(0)))), "places of the features that are angles, from 0"),
  coupling: noted(z.optional(z.boolean()), "couplings, which sample in one pass, not autoregressive layers", false),
});

/** What the default flow for tables takes. */
const tabularFlow = z.strictObject({
  features: noted(size, "number of columns"),
  context: noted(z.optional(size), "size of a context vector"),
  layers: noted(z.optional(size), "number of spline layers", 2),
  hidden: noted(z.optional(z.array(size)), "widths of each network's hidden layers", [64, 64]),
  activation: noted(z.optional(activation), "nonlinearity of the networks", "relu"),
  bins: noted(z.optional(size), "bins of each spline", 8),
  bound: noted(z.optional(positive), "the splines span [-bound, bound] of whitened columns", 5),
  noise: noted(
    z.optional(z.number().check(z.gte(0))),
    "noise at the first training step, in deviations of a column, for n rows and D columns times n^(-1/(D+4))",
    0.5,
  ),
  lastNoise: noted(z.optional(positive), "what it has fallen to at the last step", 0.03),
  steps: noted(z.optional(size), "training steps over which the noise falls", 1000),
  columns: z.optional(
    z.strictObject({
      rows: size,
      shift: z.array(z.number()),
      scale: z.array(z.number()),
      covariance: z.array(z.array(z.number())),
      step: z.array(z.number()),
      origin: z.array(z.number()),
    }),
  ),
});

const table = {
  tabular: {
    summary: "splines over whitened columns, discrete ones dequantized; the default for tables of any kind",
    options: tabularFlow,
    make: tabular,
  } satisfies Recipe<TabularOptions>,
  realnvp: {
    summary: "affine couplings; sampling and density in one pass",
    options: affineFlow(8),
    make: realNVP,
  } satisfies Recipe<RealNVPOptions>,
  maf: {
    summary: "masked autoregressive; density in one pass, sampling feature by feature",
    options: affineFlow(5),
    make: maf,
  } satisfies Recipe<MafOptions>,
  iaf: {
    summary: "inverse autoregressive; sampling in one pass, density feature by feature",
    options: affineFlow(5),
    make: iaf,
  } satisfies Recipe<MafOptions>,
  nsf: {
    summary: "neural splines, masked autoregressive or coupling; bends far more a layer than affine ones",
    options: splineFlow,
    make: nsf,
  } satisfies Recipe<NsfOptions>,
} as const;

/** Flows for tables of numbers, by name. */
export const recipes: typeof table = table;
