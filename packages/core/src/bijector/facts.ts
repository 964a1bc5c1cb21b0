/**
 * Static facts of a bijector, which composition checks and callers read.
 *
 * @module
 */

/** Where values live. */
export type Domain = "real" | "positive" | "unit" | "interval" | "integer";

/** What a direction costs: passes over the event, or a numerical search. */
export type Cost = { readonly passes: number } | { readonly search: true };

/** The cost of one pass over the event. */
export const onePass: Cost = { passes: 1 };
/** The cost of a numerical search. */
export const rootFinding: Cost = { search: true };

/** What is known of a bijector before it runs. */
export interface Facts {
  /** Event shape on the side of the base distribution. */
  readonly base: readonly number[];
  /** Event shape on the side of the data. */
  readonly data: readonly number[];
  /** Event shape of the context it conditions on. */
  readonly context: readonly number[] | undefined;
  /** Where base-side values live. */
  readonly domain: Domain;
  /** Where data-side values live. */
  readonly codomain: Domain;
  /** 1 increasing, −1 decreasing, elementwise; undefined where neither. */
  readonly monotone: 1 | -1 | undefined;
  /** Whether log-det depends on the value. */
  readonly constantLogDet: boolean;
  /** False where the density is only a lower bound. */
  readonly exact: boolean;
  /** Whether a direction draws noise. */
  readonly stochastic: { readonly forward: boolean; readonly inverse: boolean };
  readonly cost: { readonly forward: Cost; readonly inverse: Cost };
}

/** Facts as a layer states them: `event` for both sides, the rest with the commonest defaults. */
export interface StatedFacts {
  readonly event?: readonly number[];
  readonly base?: readonly number[];
  readonly data?: readonly number[];
  readonly context?: readonly number[] | undefined;
  readonly domain?: Domain;
  readonly codomain?: Domain;
  readonly monotone?: 1 | -1;
  readonly constantLogDet?: boolean;
  readonly exact?: boolean;
  readonly stochastic?: Partial<Facts["stochastic"]>;
  readonly forward?: Cost;
  readonly inverse?: Cost;
}

/** Completes stated facts. */
export function completeFacts(f: StatedFacts): Facts {
  return {
    base: f.base ?? f.event ?? [],
    data: f.data ?? f.event ?? [],
    context: f.context,
    domain: f.domain ?? "real",
    codomain: f.codomain ?? "real",
    monotone: f.monotone,
    constantLogDet: f.constantLogDet ?? false,
    exact: f.exact ?? true,
    stochastic: { forward: false, inverse: false, ...f.stochastic },
    cost: { forward: f.forward ?? onePass, inverse: f.inverse ?? onePass },
  };
}

/** The facts of the opposite direction. */
export const invertFacts = (f: Facts): Facts => ({
  ...f,
  base: f.data,
  data: f.base,
  domain: f.codomain,
  codomain: f.domain,
  stochastic: { forward: f.stochastic.inverse, inverse: f.stochastic.forward },
  cost: { forward: f.cost.inverse, inverse: f.cost.forward },
});

/** Whether values of one domain may enter another. */
export const fits = (value: Domain, into: Domain): boolean =>
  value === into || into === "real" || (into === "interval" && value === "unit");

/** The dearer of two costs, added up. */
export const addCosts = (a: Cost, b: Cost): Cost =>
  "search" in a || "search" in b ? rootFinding : { passes: Math.max(a.passes, b.passes) };
