/**
 * Recipes by the name that a command line takes.
 *
 * @module
 */
import { type Flow, positive, size } from "@normflow/core";
import * as z from "zod/mini";
import { activation } from "../network/activation.ts";
import { iaf, type MafOptions, maf } from "./maf.ts";
import { type RealNVPOptions, realNVP } from "./real-nvp.ts";
import { type SubsetFlowOptions, subsetFlow } from "./subset-flow.ts";
import { type TarFlowOptions, tarFlow } from "./tar-flow.ts";

/** A flow by name: what it takes and how it is made. */
export interface Recipe<O extends object> {
  /** One line for people. */
  readonly summary: string;
  readonly options: z.ZodMiniType<O>;
  /** Describes the flow. */
  make(options: O): Flow;
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

const classes = z.int().check(z.gte(1), z.lte(256));

const categorical = z.strictObject({
  features: size,
  categories: z.union([classes, z.array(classes)]),
  context: z.optional(size),
  width: z.optional(size),
  blocks: z.optional(z.int().check(z.gte(1), z.lte(256))),
  heads: z.optional(size),
  hidden: z.optional(size),
  dropout: z.optional(z.number().check(z.gte(0), z.lt(1))),
  floor: z.optional(z.number().check(z.gt(0), z.lt(1))),
});

const transformers = z.strictObject({
  features: z.optional(size),
  event: z.optional(z.array(size)),
  patch: z.optional(size),
  context: z.optional(size),
  layers: z.optional(size),
  width: z.optional(size),
  blocks: z.optional(z.int().check(z.gte(1), z.lte(256))),
  heads: z.optional(size),
  hidden: z.optional(size),
  dropout: z.optional(z.number().check(z.gte(0), z.lt(1))),
  bound: z.optional(positive),
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
  subsetflow: {
    summary: "categories or ordered levels, text included; exact, sampling feature by feature",
    options: categorical,
    make: subsetFlow,
  } satisfies Recipe<SubsetFlowOptions>,
  tarflow: {
    summary: "causal transformers in alternating order; density in one pass, sampling token by token",
    options: transformers,
    make: tarFlow,
  } satisfies Recipe<TarFlowOptions>,
} as const;

/** Flows for tables of numbers, by name. */
export const recipes: typeof table = table;
