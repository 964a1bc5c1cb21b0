/**
 * A trained melody flow: sample, encode, decode, bits, morph, variations.
 *
 * @module
 */
import {
  type Backend,
  type CallOptions,
  type FloatArray,
  FormatError,
  type HostArray,
  hostArray,
  Model,
  type Opened,
  OptionError,
  open,
  type Weights,
} from "@normflow/core";
import { fromEvent } from "../grid/grid.ts";
import { eventRows, rowsOf, tiltRows } from "./event-rows.ts";
import { type Limits, limit, lockedEvent } from "./lock.ts";
import {
  COORDINATES,
  type MelodyFlowOptions,
  melodyFlow,
  melodyKinds,
  melodyOptionsOf,
  PATTERNS,
} from "./melody-flow.ts";
import {
  beatOf,
  beatProgress,
  dropNegligible,
  force,
  type MelodyEvent,
  type MorphPreset,
  morphPresets,
  morphTilt,
  noTilt,
  pullToward,
} from "./tilt.ts";

/** What every call takes. */
export type MelodyCallOptions = Pick<CallOptions, "seed" | "signal" | "chunk">;

const NATS_A_BIT = Math.log(2);

/** −log₂ p from ln p. */
const bitsOf = ({ data }: HostArray): number[] => Array.from(data, (v) => -v / NATS_A_BIT);

/** The error of a file that holds a flow of another kind. */
const notMelodies = (cause?: unknown): FormatError =>
  new FormatError("not-a-melody-model", "This model is no melody flow.", {
    hint: "Use one that was trained on a folder of melodies.",
    cause,
  });

/** A melody flow with weights, over events of 40 tokens. */
export class MelodyModel {
  /** The flow without tilts, as the file describes it. */
  readonly plain: Model;
  private readonly tilted: Model;

  constructor(options: MelodyFlowOptions, weights: Weights, backend: Backend, facts: Model["facts"] = {}) {
    this.plain = new Model(melodyFlow({ ...options, bias: false }), weights, backend, facts);
    this.tilted = new Model(melodyFlow({ ...options, bias: true }), weights, backend);
  }

  /**
   * A melody model of an opened file.
   * @throws {FormatError} `not-a-melody-model` where the file holds a flow of another kind
   */
  static from({ flow, weights, facts }: Opened, backend: Backend): MelodyModel {
    const options = melodyOptionsOf(flow);
    if (!options) throw notMelodies();
    return new MelodyModel(options, weights, backend, facts);
  }

  /**
   * Reads a melody model from the bytes of its file.
   * @throws {FormatError} `not-a-melody-model` where the file holds a flow of another kind, and as `open` does
   */
  static open(bytes: Uint8Array, backend: Backend): MelodyModel {
    try {
      return MelodyModel.from(open(bytes, melodyKinds), backend);
    } catch (cause) {
      // Layers that no melody flow has are not among the kinds.
      if (cause instanceof FormatError && cause.code === "unknown-kind") throw notMelodies(cause);
      throw cause;
    }
  }

  /** Draws melodies; the first ones of a longer draw are those of a shorter one. */
  async sample(
    n: number,
    options: MelodyCallOptions & { readonly temperature?: number; readonly tilt?: Float32Array } = {},
  ): Promise<FloatArray[]> {
    const { tilt, ...rest } = options;
    if (!tilt) return rowsOf(await this.plain.sample(n, rest));
    return rowsOf(await this.tilted.sample(n, { ...rest, context: hostArray(tilt, [COORDINATES, PATTERNS]) }));
  }

  /** Draws the melodies that `sample` draws, with −log₂ p of each, in the one pass that sampling takes. */
  async sampleWithBits(
    n: number,
    options: MelodyCallOptions & { readonly temperature?: number } = {},
  ): Promise<{ readonly events: FloatArray[]; readonly bits: number[] }> {
    const { x, logProb } = await this.plain.sampleWithLogProb(n, options);
    return { events: rowsOf(x), bits: bitsOf(logProb) };
  }

  /** −log₂ p of each melody. */
  async bits(melodies: readonly MelodyEvent[], options: MelodyCallOptions = {}): Promise<number[]> {
    return bitsOf(await this.plain.logProb(eventRows(melodies), options));
  }

  /** Latents [40] of melodies, the middle of each cell; with a seed, a point drawn within it. Unused coordinates are 0 or noise. */
  async encode(
    melodies: readonly MelodyEvent[],
    options: MelodyCallOptions & { readonly tilts?: readonly Float32Array[] } = {},
  ): Promise<FloatArray[]> {
    const { tilts, ...rest } = options;
    return rowsOf(
      tilts
        ? await this.tilted.encode(eventRows(melodies), { ...rest, context: tiltRows(tilts) })
        : await this.plain.encode(eventRows(melodies), rest),
    );
  }

  /** Melodies of latents [40]. */
  async decode(
    latents: readonly ArrayLike<number>[],
    options: MelodyCallOptions & { readonly tilts?: readonly Float32Array[] } = {},
  ): Promise<FloatArray[]> {
    const { tilts, ...rest } = options;
    return rowsOf(
      tilts
        ? await this.tilted.decode(eventRows(latents), { ...rest, context: tiltRows(tilts) })
        : await this.plain.decode(eventRows(latents), rest),
    );
  }

  /**
   * Anchored morphs: for each pair, `points` melodies from the first to the second, both ends exact.
   *
   * The conditionals are tilted toward both ends, beat by beat, and z moves with the same weights: for given ends and t
   * still a bijection.
   */
  async morphs(
    pairs: readonly (readonly [a: MelodyEvent, b: MelodyEvent])[],
    points: number,
    preset: MorphPreset | keyof typeof morphPresets = "musical",
    options: MelodyCallOptions = {},
  ): Promise<FloatArray[][]> {
    if (!Number.isInteger(points) || points < 2)
      throw new OptionError("points", `A morph has 2 points or more, not ${points}.`, {
        hint: "Both ends count: 9 points are 7 between them.",
      });
    const settings: MorphPreset = typeof preset === "string" ? morphPresets[preset] : preset;
    const ends = await Promise.all(
      ([0, 1] as const).map((side) =>
        this.encode(
          pairs.map((p) => p[side]),
          { ...options, tilts: pairs.map(([a, b]) => morphTilt(a, b, side, settings)) },
        ),
      ),
    );
    const [za, zb] = ends as [FloatArray[], FloatArray[]];
    const times = Array.from({ length: points }, (_, i) => i / (points - 1));
    const tilts = pairs.flatMap(([a, b]) => times.map((t) => morphTilt(a, b, t, settings)));
    const latents = pairs.flatMap((_, p) =>
      times.map((t) =>
        Float64Array.from({ length: COORDINATES }, (_unused, i) => {
          const w = beatProgress(t, beatOf(i), settings.width);
          return (1 - w) * za[p]![i]! + w * zb[p]![i]!;
        }),
      ),
    );
    const decoded = await this.decode(latents, { ...options, tilts });
    return pairs.map((_, p) => decoded.slice(p * points, (p + 1) * points));
  }

  /** One anchored morph from a to b. */
  async morph(
    a: MelodyEvent,
    b: MelodyEvent,
    points: number,
    preset?: MorphPreset | keyof typeof morphPresets,
    options?: MelodyCallOptions,
  ): Promise<FloatArray[]> {
    return (await this.morphs([[a, b]], points, preset, options))[0]!;
  }

  /**
   * Variations of a melody: samples under a tilt toward it, −4 ln(1 − similarity) nats a differing step of a beat.
   * @param options.similarity from 0, any melody, to 1, the melody itself, whatever the scale
   * @param options.keep coordinates that stay as they are
   */
  async vary(
    melody: MelodyEvent,
    n: number,
    options: MelodyCallOptions &
      Limits & {
        readonly similarity?: number;
        readonly keep?: Iterable<number>;
        readonly temperature?: number;
      } = {},
  ): Promise<FloatArray[]> {
    const { similarity = 0.5, keep = [], locked, scale, ...rest } = options;
    if (!(similarity >= 0 && similarity <= 1))
      throw new OptionError("similarity", `A similarity lies between 0 and 1, not at ${similarity}.`, {
        hint: "1 is the melody itself, 0 any melody.",
      });
    if (similarity === 1) return Array.from({ length: n }, () => Float32Array.from(melody));
    const beat = -4 * Math.log(1 - similarity);
    const grid = fromEvent(melody);
    const tilt = pullToward(noTilt(), lockedEvent(grid, locked ?? []), { beat, pitch: 0.4 * beat });
    force(limit(tilt, grid, { locked, scale }), melody, keep);
    return this.sample(n, { ...rest, tilt: dropNegligible(tilt) });
  }

  /** Draws melodies around what is locked of one. */
  regenerate(
    melody: MelodyEvent,
    n: number,
    options: MelodyCallOptions & Limits & { readonly temperature?: number } = {},
  ): Promise<FloatArray[]> {
    const { locked, scale, ...rest } = options;
    return this.sample(n, { ...rest, tilt: limit(noTilt(), fromEvent(melody), { locked, scale }) });
  }

  /** Frees what the backend holds; the model is not used again. */
  async dispose(): Promise<void> {
    await this.plain.dispose();
    await this.tilted.dispose();
  }
}
