/**
 * Recipes by the name that a command line takes.
 *
 * @module
 */
import { type Flow, positive, size, z } from "@normflow/core";
import { activation } from "../network/activation.ts";
import { iaf, type MafOptions, maf } from "./maf.ts";
import { type RealNVPOptions, realNVP } from "./real-nvp.ts";

/** A flow by name: what it takes and how it is made. */
export interface Recipe<O extends object> {
  /** One line for people. */
  readonly summary: string;
  readonly options: z.Schema<O>;
  /** Describes the flow. */
  make(options: O): Flow;
}

/** What all recipes of affine layers take. */
const affineFlow = z.object({
  features: size,
  context: z.optional(size),
  layers: z.optional(size),
  hidden: z.optional(z.array(size)),
  activation: z.optional(activation),
  bound: z.optional(positive),
  actNorm: z.optional(z.boolean()),
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

/** Flows for tables of numbers, by name. */
export const recipes: typeof table = table;
