/**
 * A thousand samples of one model file and one seed, on each provider: how many are those of the reference.
 *
 * @module
 */
import {
  AbortError,
  type Backend,
  errorFunction,
  exp,
  fit,
  iota,
  key,
  load,
  NoiseMaker,
  reference,
  save,
  stack,
  symbol,
  traceProgram,
} from "@normflow/core";
import { realNVP } from "@normflow/layers";
import { all } from "@normflow/layers/all";
import { autoregressiveOf, COORDINATES, conditionerPath, MelodyModel } from "@normflow/music";
import { moons } from "./moons.ts";

export const SAMPLES = 1000;
const SEED = 2026;
/** Samples in one run: between two of them the deadline is looked at. */
const CHUNK = 200;
/** Minutes after which a provider is given up. */
const MOST_MINUTES = 30;
/** Largest |Δ| / (1 + |reference|) of a sample of real numbers that counts as the reference's. */
export const TOLERANCE = 1e-4;
/** How far from a cell's edge the reference may stand where a provider lands in the cell beside it. */
export const EDGE = 1e-5;
/** Which share of the melodies must be those of the reference. */
const LEAST_EQUAL = 0.999;

/** The bytes of the model files. */
export interface Files {
  readonly melody: Uint8Array;
  readonly realnvp: Uint8Array;
}

/** A small RealNVP, trained on two moons, as a file. */
export async function realnvpFile(backend: Backend): Promise<Uint8Array> {
  const flow = realNVP({ features: 2, layers: 4, hidden: [16, 16] });
  const model = await fit(flow, { x: moons(512) }, { backend, steps: 200, batch: 64, seed: 5, validation: 0 });
  const bytes = save(model);
  await model.dispose();
  return bytes;
}

/** What a provider drew: melodies one after another, 40 tokens each, and points. Plain data. */
export interface Drawn {
  readonly melodies: readonly number[];
  readonly points: readonly number[];
  readonly seconds: number;
}

/** Fires when a provider has had its time. */
function deadline(): { readonly aborted: boolean; throwIfAborted(): void } {
  const end = Date.now() + 60_000 * MOST_MINUTES;
  return {
    get aborted() {
      return Date.now() > end;
    },
    throwIfAborted() {
      if (this.aborted)
        throw new AbortError("aborted", `${SAMPLES} samples were not drawn within ${MOST_MINUTES} minutes.`, {
          hint: "Run it where the device is not emulated, or where less else runs.",
        });
    },
  };
}

/** Draws on a backend. */
export async function draw(backend: Backend, { melody, realnvp }: Files, samples = SAMPLES): Promise<Drawn> {
  const start = Date.now();
  const options = { seed: SEED, chunk: CHUNK, signal: deadline() };
  const points = await load(realnvp, { backend, layers: all });
  const drawn = await points.sample(samples, options);
  await points.dispose();
  const model = MelodyModel.open(melody, backend);
  const melodies = await model.sample(samples, options);
  await model.dispose();
  return {
    melodies: melodies.flatMap((m) => Array.from(m)),
    points: Array.from(drawn.data),
    seconds: (Date.now() - start) / 1000,
  };
}

/** How a provider's samples are beside the reference's. */
export interface Agreement {
  readonly melodies: number;
  /** For each melody that differs, how far the reference's probability is from the cell that the provider took. */
  readonly exceptions: readonly number[];
  readonly points: number;
  /** Largest error of a point. */
  readonly error: number;
  readonly ok: boolean;
  readonly seconds: number;
}

/** The first place in which two melodies of the same number differ. */
export interface Difference {
  readonly row: number;
  readonly place: number;
  readonly tokens: readonly number[];
}

function differences({ melodies: ours }: Drawn, { melodies: theirs }: Drawn): Difference[] {
  return Array.from({ length: theirs.length / COORDINATES }, (_, row) => {
    const [tokens, due] = [ours, theirs].map((m) => m.slice(row * COORDINATES, (row + 1) * COORDINATES));
    return { row, place: due!.findIndex((t, i) => t !== tokens![i]), tokens: tokens! };
  }).filter(({ place }) => place >= 0);
}

/**
 * How far the reference stands from the cells that a provider took.
 *
 * A token is the cell of the model's histogram in which u = Φ(z) lies. Up to the first token that differs both have told
 * the same, so the reference's cells of the provider's own melody are those that u was looked up in.
 */
export async function distances(
  found: readonly Difference[],
  melody: Uint8Array,
  samples = SAMPLES,
): Promise<number[]> {
  if (found.length === 0) return [];
  const N = symbol("N");
  const model = MelodyModel.open(melody, reference());
  const { flow } = model.plain;
  const { noises } = traceProgram(flow, { mode: "eval", inputs: {} }, ({ scope }) => ({
    x: flow.sample(scope, [N])[0],
  }));
  const noise = new NoiseMaker(key(0)).draw(noises, new Map([["N", samples]]), { key: key(SEED) });
  const latents = noise[noises[0]!.name]!.data;
  const { conditioner, transformation } = autoregressiveOf(flow);
  const cells = await model.plain.compute(
    "cells",
    found.map(({ tokens }) => [...tokens]),
    ({ scope, inputs }) => {
      const x = inputs["x"]!;
      const theta = conditioner.parallel(scope.at(...conditionerPath), x);
      const [low, logWidth] = transformation.inverse(theta, x, iota(COORDINATES));
      return stack([low, exp(logWidth)], -1);
    },
  );
  await model.dispose();
  return found.map(({ row, place }, i) => {
    const u = 0.5 * (1 + errorFunction(latents[row * COORDINATES + place]! / Math.SQRT2));
    const [low, width] = cells.data.slice(2 * (i * COORDINATES + place)) as unknown as [number, number];
    return Math.max(0, low - u, u - (low + width));
  });
}

/** Compares a provider's samples with those of the reference. */
export async function agreement(ours: Drawn, theirs: Drawn, { melody }: Files): Promise<Agreement> {
  const samples = theirs.melodies.length / COORDINATES;
  const found = differences(ours, theirs);
  const exceptions = await distances(found, melody, samples);
  const errors = theirs.points.map((due, i) => Math.abs(ours.points[i]! - due) / (1 + Math.abs(due)));
  const width = theirs.points.length / samples;
  const near = Array.from({ length: samples }, (_, row) =>
    errors.slice(row * width, (row + 1) * width).every((e) => e <= TOLERANCE),
  );
  const [melodies, points] = [samples - found.length, near.filter(Boolean).length];
  const ok = melodies >= LEAST_EQUAL * samples && exceptions.every((d) => d <= EDGE) && points === samples;
  return { melodies, exceptions, points, error: Math.max(...errors), ok, seconds: ours.seconds };
}
