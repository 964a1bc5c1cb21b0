/**
 * Serves melodies: what the studio's worker does, on whatever port and backend it has.
 *
 * @module
 */
import { type Abortable, type Backend, checkpoint, FlowError, OptionError, type Port, serve } from "@normflow/core";
import { cross } from "../flow/cross.ts";
import { type MelodyCallOptions, MelodyModel } from "../flow/melody-model.ts";
import { shapeMelody } from "../flow/shape.ts";
import { surprise } from "../flow/surprise.ts";
import { lockScale, morphPresets, noTilt } from "../flow/tilt.ts";
import { fromEvent, type Grid, toEvent } from "../grid/grid.ts";
import { cardOf } from "./card.ts";
import { readBytes, readCount, readDraw, readGrid, readGrids, readLimits, whole } from "./payload.ts";
import type { MelodyRequests, ScoredMelodies, ScoredMelody } from "./requests.ts";
import { Scores } from "./scores.ts";

/** Melodies of one run of the network: between runs a cancelled request stops. */
const CHUNK = 16;

/** Most points of a morph. */
const MOST_POINTS = 65;

/** What the service runs on. */
export interface ServiceOptions {
  readonly backend: Backend | Promise<Backend>;
}

/** Grids with the bits of what they hold, which may be less than the events did: a hold drawn at the start is a rest. */
const scored = async (scores: Scores, grids: readonly Grid[], options: MelodyCallOptions): Promise<ScoredMelodies> => ({
  grids,
  bits: await scores.of(grids, options),
});

/** Draws grids with the bits that sampling gives; a melody that becomes another event in its one form is scored anew. */
async function drawn(
  scores: Scores,
  n: number,
  draw: { readonly seed: number; readonly temperature?: number },
  options: MelodyCallOptions,
): Promise<ScoredMelodies> {
  const { events, bits } = await scores.model.sampleWithBits(n, { ...options, ...draw });
  const grids = events.map(fromEvent);
  for (const [i, grid] of grids.entries())
    if (toEvent(grid).every((token, k) => token === events[i]![k])) scores.remember(grid, bits[i]!);
  return scored(scores, grids, options);
}

async function scoredOne(scores: Scores, grid: Grid, options: MelodyCallOptions): Promise<ScoredMelody> {
  const [bits] = await scores.of([grid], options);
  return { grid, bits: bits! };
}

/** A payload that may be anything, as an object whose entries may be anything. */
const entries = <T extends object>(payload: T): T =>
  typeof payload === "object" && payload !== null ? payload : ({} as T);

/** Answers {@link MelodyRequests}. Every payload is checked: what is none ends in an error with its code, never in a hang. */
export function serveMelodies(port: Port, { backend }: ServiceOptions): void {
  const opened = Promise.resolve(backend);
  // Why there is no backend is told to whoever opens a model.
  opened.catch(() => {});
  let current: Scores | undefined;
  const scores = (): Scores => {
    if (!current) throw new FlowError("no-model", "No model is open.", { hint: "Open a model file first." });
    return current;
  };
  const model = (): MelodyModel => scores().model;
  const calls = (signal: Abortable): MelodyCallOptions => ({ signal, chunk: CHUNK });

  serve<MelodyRequests>(port, {
    async open(payload) {
      const next = MelodyModel.open(readBytes(entries(payload).bytes), await opened);
      await current?.model.dispose();
      current = new Scores(next);
      return cardOf(next);
    },

    async sample(payload, { signal }) {
      const { n, ...rest } = entries(payload);
      const { scale } = readLimits({ scale: rest.scale });
      const draw = readDraw(rest);
      const count = readCount(n, 1);
      if (!scale) return drawn(scores(), count, draw, calls(signal));
      const tilt = lockScale(noTilt(), scale);
      const events = await model().sample(count, { ...calls(signal), ...draw, tilt });
      return scored(scores(), events.map(fromEvent), calls(signal));
    },

    bits: (payload, { signal }) => scores().of(readGrids(entries(payload).grids), calls(signal)),

    async surprise(payload, { signal }) {
      const [result] = await surprise(model(), [readGrid(entries(payload).grid)], calls(signal));
      return result!;
    },

    async typical(payload, { signal, progress }) {
      const of = readCount(entries(payload).n, 256);
      const bits: number[] = [];
      while (bits.length < of) {
        await checkpoint(signal);
        // Each run has a seed of its own.
        const some = await drawn(scores(), Math.min(CHUNK, of - bits.length), { seed: bits.length }, { signal });
        bits.push(...some.bits);
        progress({ done: bits.length, of });
      }
      return bits.sort((a, b) => a - b);
    },

    async morph(payload, { signal }) {
      const { a, b, points, preset } = entries(payload);
      if (!Object.hasOwn(morphPresets, preset))
        throw new OptionError("preset", `There is no preset "${String(preset)}" of morphs.`, {
          hint: `Use ${Object.keys(morphPresets).join(" or ")}.`,
        });
      const [from, to] = [readGrid(a), readGrid(b)];
      const count = whole("points", "number of points", points, 2, MOST_POINTS);
      const events = await model().morph(toEvent(from), toEvent(to), count, preset, calls(signal));
      return scored(scores(), events.map(fromEvent), calls(signal));
    },

    async vary(payload, { signal }) {
      const { grid, similarity, ...rest } = entries(payload);
      const options = { ...calls(signal), ...readDraw(rest), ...readLimits(rest), similarity };
      const [event] = await model().vary(toEvent(readGrid(grid)), 1, options);
      return scoredOne(scores(), fromEvent(event!), calls(signal));
    },

    async regenerate(payload, { signal }) {
      const { grid, ...rest } = entries(payload);
      const options = { ...calls(signal), ...readDraw(rest), ...readLimits(rest) };
      const [event] = await model().regenerate(toEvent(readGrid(grid)), 1, options);
      return scoredOne(scores(), fromEvent(event!), calls(signal));
    },

    async shape(payload, { signal }) {
      const { grid, register, density, leaps, ...rest } = entries(payload);
      const sliders = { register, density, leaps };
      const shaped = await shapeMelody(model(), readGrid(grid), sliders, readLimits(rest), calls(signal));
      return scoredOne(scores(), shaped, calls(signal));
    },

    async cross(payload, { signal }) {
      const { rhythm, pitches, scale } = entries(payload);
      const melodies = { rhythm: readGrid(rhythm), pitches: readGrid(pitches) };
      return scoredOne(scores(), await cross(model(), melodies, readLimits({ scale }), calls(signal)), calls(signal));
    },
  });
}
