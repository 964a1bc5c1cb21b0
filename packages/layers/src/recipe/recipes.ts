/**
 * Recipes by the name that a command line takes.
 *
 * @module
 */
import { type Flow, positive, size } from "@normflow/core";
import * as z from "zod/mini";
import { activation } from "../network/activation.ts";
import { type GlowOptions, glow, glowCouplings } from "./glow.ts";
import { iaf, type MafOptions, maf } from "./maf.ts";
import { type RealNVPOptions, realNVP } from "./real-nvp.ts";

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

/** What `glow` takes. */
const glowOptions = z.strictObject({
  event: z.array(size),
  values: z.optional(size),
  context: z.optional(size),
  levels: z.optional(size),
  steps: z.optional(size),
  hidden: z.optional(size),
  coupling: z.optional(z.enum(glowCouplings)),
  conv: z.optional(z.enum(["free", "plu"])),
  prior: z.optional(z.boolean()),
  margin: z.optional(positive),
  reversible: z.optional(z.boolean()),
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
} as const;

/** Flows for images of whole numbers, by name. */
export const imageRecipes = {
  glow: {
    summary: "multi-scale couplings between channels of images; sampling and density in one pass",
    options: glowOptions,
    make: glow,
  } satisfies Recipe<GlowOptions>,
} as const;

/** Flows for tables of numbers, by name. */
export const recipes: typeof table = table;
