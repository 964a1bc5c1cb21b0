/**
 * Recipes by the name that a command line takes.
 *
 * @module
 */
import { type Flow, positive, size } from "@normflow/core";
import * as z from "zod/mini";
import { activation } from "../network/activation.ts";
import { iaf, type MafOptions, maf } from "./maf.ts";
import { type NafOptions, naf } from "./naf.ts";
import { type NsfOptions, nsf } from "./nsf.ts";
import { type RealNVPOptions, realNVP } from "./real-nvp.ts";
import { type PlanarFlowOptions, planarFlow, type SylvesterFlowOptions, sylvesterFlow } from "./residual-stacks.ts";

/** A flow by name: what it takes and how it is made. */
export interface Recipe<O extends object> {
  /** One line for people. */
  readonly summary: string;
  readonly options: z.ZodMiniType<O>;
  /** Describes the flow. */
  make(options: O): Flow;
}

/** What all recipes of coupling and autoregressive layers take. */
const stack = {
  features: size,
  context: z.optional(size),
  layers: z.optional(size),
  hidden: z.optional(z.array(size)),
  activation: z.optional(activation),
  actNorm: z.optional(z.boolean()),
};

const affineFlow = z.strictObject({ ...stack, bound: z.optional(positive) });

/** What planar and Sylvester flows take. */
const bends = {
  features: size,
  context: z.optional(size),
  hidden: z.optional(z.array(size)),
  layers: z.optional(size),
  fast: z.optional(z.enum(["sampling", "density"])),
};

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
  naf: {
    summary: "monotone networks over masked perceptrons; density in one pass, sampling by searches",
    options: z.strictObject({ ...stack, units: z.optional(size), depth: z.optional(size) }),
    make: naf,
  } satisfies Recipe<NafOptions>,
  planarFlow: {
    summary: "planar layers; sampling in one pass, density by searches, or the other way round",
    options: z.strictObject(bends),
    make: planarFlow,
  } satisfies Recipe<PlanarFlowOptions>,
  sylvester: {
    summary: "Sylvester layers, planar ones along several directions at once; passes and searches as there",
    options: z.strictObject({ ...bends, rank: z.optional(size) }),
    make: sylvesterFlow,
  } satisfies Recipe<SylvesterFlowOptions>,
} as const;

/** Flows for tables of numbers, by name. */
export const recipes: typeof table = table;
