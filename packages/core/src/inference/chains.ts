/**
 * Markov chains in the latent space of a flow: Hamiltonian Monte Carlo and Metropolis–Hastings, many chains at once.
 *
 * @module
 */
import { type Abortable, checkpoint } from "../abort.ts";
import { type HostArray, hostArray } from "../backend.ts";
import { OptionError } from "../error.ts";
import type { Model } from "../fit/model.ts";
import { foldIn, normal, key as seedKey, uniform } from "../random/index.ts";
import { type LatentProgram, type LatentTarget, latentProgram } from "./latent-target.ts";

/** What chains take. */
export interface ChainOptions {
  /** Kept draws of each chain. */
  readonly draws: number;
  /** Chains, which start at draws of the flow; 16 unless told. */
  readonly chains?: number;
  /** Draws thrown away first, in which `hmc` finds its step; 100 unless told. */
  readonly warmup?: number;
  readonly seed?: number;
  readonly signal?: Abortable;
}

/** Settings of `hmc`. */
export interface HmcOptions extends ChainOptions {
  /** Leapfrog steps of a move; 8 unless told. */
  readonly leaps?: number;
  /** First length of a leapfrog step, which warming up changes until 80% of moves are taken; 0.2 unless told. */
  readonly stepSize?: number;
}

/** Settings of `metropolis`. */
export interface MetropolisOptions extends ChainOptions {
  /** β of the proposal √(1 − β²) z + β ξ: 1 proposes draws of the flow, less walks near by. 1 unless told. */
  readonly stride?: number;
}

/** Draws of chains. */
export interface ChainDraws {
  /** Events [draws, chains, …event]. */
  readonly x: HostArray;
  /** Latents [draws, chains, …base event]. */
  readonly z: HostArray;
  /** Share of moves that were taken after warming up. */
  readonly acceptance: number;
  /** The leapfrog step, or β. */
  readonly stepSize: number;
}

/** Where all chains stand. */
interface Place {
  readonly z: Float64Array;
  readonly logDensity: ArrayLike<number>;
  readonly base: ArrayLike<number>;
  readonly gradient: ArrayLike<number> | undefined;
}

/** One move of all chains: where it would lead, and ln of the chance to take it. */
type Propose = (from: Place, index: number, stepSize: number) => Promise<{ to: Place; logAccept: Float64Array }>;

function checkChains({ draws, chains = 16, warmup = 100 }: ChainOptions): {
  draws: number;
  chains: number;
  warmup: number;
} {
  if (![draws, chains, warmup].every((n) => Number.isInteger(n) && n >= 0) || draws * chains === 0)
    throw new OptionError(
      "chains",
      `Chains want whole numbers, not ${draws} draws, ${chains} chains, ${warmup} to warm up.`,
      {
        hint: "At least one draw and one chain.",
      },
    );
  return { draws, chains, warmup };
}

/** Runs chains by a proposal; the step follows the acceptance while they warm up, where there is one to aim at. */
async function runChains(
  model: Model,
  program: LatentProgram,
  options: ChainOptions,
  first: number,
  aim: number | undefined,
  propose: Propose,
): Promise<ChainDraws> {
  const { draws, chains, warmup } = checkChains(options);
  const key = seedKey(options.seed ?? 0);
  const event = model.flow.base.event;
  const start = await model.encode(await model.sample(chains, { seed: foldIn(key, 1)[0] }), {
    signal: options.signal!,
  });
  const width = start.data.length / chains;
  let place = await placeAt(program, Float64Array.from(start.data), [chains, ...event], options.signal);
  let logStep = Math.log(first);
  let taken = 0;
  const kept = new Float64Array(draws * chains * width);
  for (let move = 0; move < warmup + draws; move++) {
    await checkpoint(options.signal);
    const { to, logAccept } = await propose(place, move, Math.exp(logStep));
    const luck = uniform(foldIn(foldIn(key, 2), move), chains);
    const next = {
      z: place.z.slice(),
      logDensity: [] as number[],
      base: [] as number[],
      gradient: place.gradient && Float64Array.from(place.gradient),
    };
    let chance = 0;
    for (let chain = 0; chain < chains; chain++) {
      // A place without a density, or beyond what numbers hold, is not gone to.
      const accept = Number.isNaN(logAccept[chain]!) ? 0 : Math.min(1, Math.exp(logAccept[chain]!));
      chance += accept / chains;
      const goes = luck[chain]! < accept;
      const from = goes ? to : place;
      next.logDensity.push(from.logDensity[chain]!);
      next.base.push(from.base[chain]!);
      if (!goes) continue;
      if (move >= warmup) taken++;
      for (let k = chain * width; k < (chain + 1) * width; k++) {
        next.z[k] = to.z[k]!;
        if (next.gradient) next.gradient[k] = to.gradient![k]!;
      }
    }
    place = next;
    if (move < warmup) logStep += aim === undefined ? 0 : (chance - aim) / (1 + move) ** 0.6;
    else kept.set(place.z, (move - warmup) * chains * width);
  }
  const z = hostArray(kept, [draws, chains, ...event]);
  const x = await model.decode(z, { signal: options.signal! });
  return { x, z, acceptance: taken / (draws * chains), stepSize: Math.exp(logStep) };
}

async function placeAt(
  program: LatentProgram,
  z: Float64Array,
  shape: readonly number[],
  signal: Abortable | undefined,
): Promise<Place> {
  const { logDensity, base, gradient } = await program.run(hostArray(z, shape), signal);
  return { z, logDensity: logDensity.data, base: base.data, gradient: gradient?.data };
}

/**
 * Draws latents of a target by Hamiltonian Monte Carlo: leapfrog moves under ln π(z) with unit masses, taken with
 * probability min(1, e^{−ΔH}). Through a flow that fits, π is near the base and the moves are long.
 *
 * @param target `pulledBack(ln p̃)` for a density of events, `tilted(ln l)` for the flow's own with a factor
 * @throws {OptionError} `chains`, `latent-context`
 * @see Neal 2011, MCMC Using Hamiltonian Dynamics; Hoffman et al. 2019, NeuTra-lizing Bad Geometry
 * @example
 * const { x: draws } = await hmc(model, pulledBack((v) => standardNormalLogProb(v, 1)), { draws: 2, chains: 4, warmup: 2 });
 */
export async function hmc(model: Model, target: LatentTarget, options: HmcOptions): Promise<ChainDraws> {
  const { leaps = 8, stepSize = 0.2, signal } = options;
  const { chains } = checkChains(options);
  if (!(Number.isInteger(leaps) && leaps > 0 && stepSize > 0))
    throw new OptionError("chains", `hmc wants whole leaps from 1 and a positive step, not ${leaps} and ${stepSize}.`, {
      hint: "Leave both out: warming up finds the step.",
    });
  const program = await latentProgram(model, target, true);
  const shape = [chains, ...model.flow.base.event];
  const momenta = foldIn(seedKey(options.seed ?? 0), 3);
  try {
    return await runChains(model, program, options, stepSize, 0.8, async (from, move, step) => {
      const p = normal(foldIn(momenta, move), from.z.length);
      const energy = ({ logDensity }: Place): Float64Array => {
        const width = p.length / chains;
        return Float64Array.from({ length: chains }, (_, c) => {
          let kinetic = 0;
          for (let k = c * width; k < (c + 1) * width; k++) kinetic += 0.5 * p[k]! ** 2;
          return kinetic - logDensity[c]!;
        });
      };
      const before = energy(from);
      let to = from;
      for (let leap = 0; leap < leaps; leap++) {
        for (let k = 0; k < p.length; k++) p[k]! += 0.5 * step * to.gradient![k]!;
        const z = to.z.map((v, k) => v + step * p[k]!);
        to = await placeAt(program, z, shape, signal);
        for (let k = 0; k < p.length; k++) p[k]! += 0.5 * step * to.gradient![k]!;
      }
      const after = energy(to);
      return { to, logAccept: before.map((h, c) => h - after[c]!) };
    });
  } finally {
    await program.dispose();
  }
}

/**
 * Draws latents of a target by Metropolis–Hastings with the proposal z′ = √(1 − β²) z + β ξ, ξ ~ N(0, 1), which keeps the
 * base: it is taken with probability min(1, w(z′) / w(z)), w = π / p_base. With β = 1 the flow itself proposes.
 *
 * @param target `pulledBack(ln p̃)` or `tilted(ln l)`
 * @throws {OptionError} `chains`, `stride`, `latent-context`, `latent-base` for a base that is not standard normal
 * @see Cotter, Roberts, Stuart & White 2013, MCMC Methods for Functions
 * @example
 * const { acceptance } = await metropolis(model, tilted((v) => mul(-1, square(at(v, -1, 0)))), { draws: 2, chains: 4 });
 */
export async function metropolis(model: Model, target: LatentTarget, options: MetropolisOptions): Promise<ChainDraws> {
  const { stride = 1, signal } = options;
  const { chains } = checkChains(options);
  if (!(stride > 0 && stride <= 1))
    throw new OptionError("stride", `A stride is above 0 and at most 1, not ${stride}.`, {
      hint: "1 for a flow that fits, .2 or so for one that does not.",
    });
  const { base } = model.flow;
  if (base.kind !== "standard-normal")
    throw new OptionError("latent-base", `metropolis moves latents of a standard normal base, not of ${base.kind}.`, {
      hint: "Take hmc, which asks for a gradient instead.",
    });
  const program = await latentProgram(model, target, false);
  const shape = [chains, ...base.event];
  const noise = foldIn(seedKey(options.seed ?? 0), 4);
  const stay = Math.sqrt(1 - stride * stride);
  try {
    return await runChains(model, program, options, stride, undefined, async (from, move) => {
      const xi = normal(foldIn(noise, move), from.z.length);
      const to = await placeAt(
        program,
        from.z.map((v, k) => stay * v + stride * xi[k]!),
        shape,
        signal,
      );
      const weight = (at: Place, c: number): number => at.logDensity[c]! - at.base[c]!;
      return { to, logAccept: Float64Array.from({ length: chains }, (_, c) => weight(to, c) - weight(from, c)) };
    });
  } finally {
    await program.dispose();
  }
}
