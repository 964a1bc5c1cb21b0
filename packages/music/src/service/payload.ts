/**
 * Reads what a client sent: payloads come from outside.
 *
 * @module
 */
import { FormatError, OptionError } from "@normflow/core";
import type { Limits } from "../flow/lock.ts";
import { canonical, GRID_HIGHEST, GRID_HOLD, GRID_LOWEST, GRID_REST, GRID_STEPS, type Grid } from "../grid/grid.ts";
import type { LockOption, ScaleOption } from "./requests.ts";

/** Most melodies of one request. */
const MOST = 4096;

/** Most bytes of a model file. */
const LARGEST = 2 ** 30;

const isStep = (step: unknown): boolean =>
  step === GRID_HOLD ||
  step === GRID_REST ||
  (Number.isInteger(step) && (step as number) >= GRID_LOWEST && (step as number) <= GRID_HIGHEST);

/** A grid in its one form. @throws {FormatError} `grid` where it is no melody */
export function readGrid(value: unknown): Grid {
  // Array.from fills the holes of a sparse array, over which `every` would pass.
  const steps: unknown[] = Array.isArray(value) && value.length === GRID_STEPS ? Array.from(value) : [];
  if (steps.length !== GRID_STEPS || !steps.every(isStep))
    throw new FormatError(
      "grid",
      `A melody is ${GRID_STEPS} numbers: ${GRID_LOWEST} to ${GRID_HIGHEST}, 0 for a rest, −1 for a hold.`,
      { hint: "Number 0 is a rest, −1 holds the note before, others are MIDI pitches." },
    );
  return canonical(steps as number[]);
}

/** Grids. @throws {FormatError} `grids` where it is no list of at most 4,096, `grid` where one is no melody */
export function readGrids(value: unknown): Grid[] {
  if (!Array.isArray(value) || value.length > MOST)
    throw new FormatError("grids", `Melodies are a list of at most ${MOST} grids.`, { hint: "Send fewer at once." });
  return Array.from(value as unknown[], readGrid);
}

/** The bytes of a file. @throws {FormatError} `bytes` where there are none */
export function readBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length > LARGEST)
    throw new FormatError("bytes", "A model is opened from the bytes of its file, up to a gigabyte.", {
      hint: "Send the file's Uint8Array or ArrayBuffer.",
    });
  return value;
}

/** A number of melodies from 1 to 4,096. @throws {OptionError} `sample-count` */
export const readCount = (value: unknown, standard: number): number =>
  whole("sample-count", "number of melodies", value ?? standard, 1, MOST);

/** A whole number from `low` to `high`. @throws {OptionError} with the code given */
export function whole(code: string, what: string, value: unknown, low: number, high: number): number {
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high)
    throw new OptionError(code, `A ${what} is a whole number from ${low} to ${high}, not ${String(value)}.`, {
      hint: "Send a number within these ends.",
    });
  return value as number;
}

/** Seed and temperature. @throws {OptionError} `seed`, `temperature` */
export function readDraw(payload: { readonly seed?: unknown; readonly temperature?: unknown }): {
  readonly seed: number;
  readonly temperature: number;
} {
  const temperature = payload.temperature ?? 1;
  if (!(typeof temperature === "number" && temperature >= 0 && temperature <= 10))
    throw new OptionError("temperature", `A temperature is a number from 0 to 10, not ${String(temperature)}.`, {
      hint: "1 is the model itself.",
    });
  return { seed: whole("seed", "seed", payload.seed, 0, Number.MAX_SAFE_INTEGER), temperature };
}

/** A list of whole numbers below a limit. */
function readList(code: string, what: string, value: unknown, below: number): number[] {
  const list: unknown[] = Array.isArray(value) && value.length <= 4 * below ? Array.from(value) : [undefined];
  return list.map((entry) => {
    if (!Number.isInteger(entry) || (entry as number) < 0 || (entry as number) >= below)
      throw new OptionError(code, `${what} are a list of whole numbers from 0 to ${below - 1}.`, {
        hint: "Send a list of these numbers, or none.",
      });
    return entry as number;
  });
}

/** Locked steps and scale. @throws {OptionError} `locked`, `scale` */
export function readLimits({ locked, scale }: LockOption & ScaleOption): Limits {
  const classes = scale === undefined ? undefined : readList("scale", "The pitch classes of a scale", scale, 12);
  if (classes?.length === 0)
    throw new OptionError("scale", "A scale has one pitch class at least.", { hint: "Leave it away for all twelve." });
  return {
    locked: locked === undefined ? [] : readList("locked", "Locked steps", locked, GRID_STEPS),
    scale: classes && new Set(classes),
  };
}
