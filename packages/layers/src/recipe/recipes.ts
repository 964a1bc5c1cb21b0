/**
 * Recipes by the name that a command line takes.
 *
 * @module
 */
import { type Flow, type Loss, positive, size } from "@normflow/core";
import * as z from "zod/mini";
import { flowMatching } from "../continuous/flow-matching.ts";
import { activation } from "../network/activation.ts";
import { type ContractiveActivation, contractiveActivations } from "../residual/lipschitz-mlp.ts";
import { type FfjordFlowOptions, ffjordFlow } from "./ffjord-flow.ts";
import { iaf, type MafOptions, maf } from "./maf.ts";
import { type NsfOptions, nsf } from "./nsf.ts";
import { type RealNVPOptions, realNVP } from "./real-nvp.ts";
import { type ResidualFlowOptions, residualFlow } from "./residual-flow.ts";

/** A flow by name: what it takes and how it is made. */
export interface Recipe<O extends object> {
  /** One line for people. */
  readonly summary: string;
  readonly options: z.ZodMiniType<O>;
  /** Describes the flow. */
  make(options: O): Flow;
  /** What training minimises, where it is not the negative log-likelihood. */
  loss?(options: O): Loss | undefined;
}

/** What all recipes of affine layers take. */
const affineFlow = z.strictObject({
  features: size,
  context: z.optional(size),
  layers: z.optional(size),
  hidden: z.optional(z.array(size)),
  activation: z.optional(activation),
  bound: z.optional(positive),
  actNorm: z.optional(z.boolean()),
});

const residualNetworks = z.strictObject({
  features: size,
  context: z.optional(size),
  layers: z.optional(size),
  hidden: z.optional(z.array(size)),
  activation: z.optional(z.enum(Object.keys(contractiveActivations) as ContractiveActivation[])),
  coefficient: z.optional(positive),
  logDet: z.optional(z.enum(["roulette", "exact"])),
});

/** Options of the recipe `ffjord`: those of the flow, and how it is trained. */
export interface FfjordRecipeOptions extends FfjordFlowOptions {
  /** Flow matching, or likelihood through the solver; matching unless told. */
  training?: "matching" | "likelihood" | undefined;
  /** Exponent by which the times of flow matching lean towards the data; 1 unless told. */
  late?: number | undefined;
}

const continuousFlow = z.strictObject({
  features: size,
  context: z.optional(size),
  hidden: z.optional(z.array(size)),
  activation: z.optional(activation),
  solver: z.optional(z.enum(["dopri5", "rk4"])),
  steps: z.optional(size),
  tolerance: z.optional(positive),
  trace: z.optional(z.enum(["exact", "hutchinson"])),
  adjoint: z.optional(z.boolean()),
  training: z.optional(z.enum(["matching", "likelihood"])),
  late: z.optional(positive),
});

const splineFlow = z.strictObject({
  features: size,
  context: z.optional(size),
  layers: z.optional(size),
  hidden: z.optional(z.array(size)),
  activation: z.optional(activation),
  bins: z.optional(size),
  bound: z.optional(positive),
  circular: z.optional(z.array(z.int().check(z.gte(0)))),
  coupling: z.optional(z.boolean()),
});

const table = {
  realnvp: {
    summary: "affine couplings; sampling and density in one pass",
    options: affineFlow,
    make: realNVP,
  } satisfies Recipe<RealNVPOptions>,
  maf: {
    summary: "masked autoregressive; density in one pass, sampling feature by feature",
    options: affineFlow,
    make: maf,
  } satisfies Recipe<MafOptions>,
  iaf: {
    summary: "inverse autoregressive; sampling in one pass, density feature by feature",
    options: affineFlow,
    make: iaf,
  } satisfies Recipe<MafOptions>,
  nsf: {
    summary: "neural splines, masked autoregressive or coupling; bends far more a layer than affine ones",
    options: splineFlow,
    make: nsf,
  } satisfies Recipe<NsfOptions>,
  residualflow: {
    summary: "contractions added to the event; density in one pass, sampling by fixed-point iteration",
    options: residualNetworks,
    make: residualFlow,
  } satisfies Recipe<ResidualFlowOptions>,
  ffjord: {
    summary: "a velocity field followed through time; trained by flow matching, both directions solve an equation",
    options: continuousFlow,
    make: ({ training: _, late: __, ...options }) => ffjordFlow(options),
    loss: ({ training = "matching", late }) => (training === "matching" ? flowMatching({ late }) : undefined),
  } satisfies Recipe<FfjordRecipeOptions>,
} as const;

/** Flows for tables of numbers, by name. */
export const recipes: typeof table = table;
