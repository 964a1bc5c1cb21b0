/**
 * Sliders that need no training: register, density, leaps.
 *
 * @module
 */
import { OptionError } from "@normflow/core";
import type { Grid } from "../grid/grid.ts";
import { moveDensity } from "./density.ts";
import { moveLeaps } from "./leaps.ts";
import type { Limits } from "./lock.ts";
import type { MelodyCallOptions, MelodyModel } from "./melody-model.ts";
import { moveRegister } from "./register.ts";

/** Where the sliders stand, each from −1 to 1; 0 changes nothing. */
export interface Sliders {
  /** Lower or higher notes. */
  readonly register?: number | undefined;
  /** Fewer or more notes. */
  readonly density?: number | undefined;
  /** Narrower or wider intervals. */
  readonly leaps?: number | undefined;
}

/** In this order: what density adds takes part in the rest, and register keeps what leaps made. */
const moves = { density: moveDensity, leaps: moveLeaps, register: moveRegister } as const;

/**
 * Moves a melody by sliders, one after another, without chance.
 *
 * Each slider above 0 never lowers what it stands for, and below 0 never raises it: the mean pitch, the number of notes,
 * the mean absolute interval; of a melody outside the given scale, as far as the scale leaves a choice. With all at 0 the
 * melody itself.
 * @throws {OptionError} `slider` where one does not stand between −1 and 1
 */
export async function shapeMelody(
  model: MelodyModel,
  grid: Grid,
  sliders: Sliders,
  limits: Limits = {},
  options: MelodyCallOptions = {},
): Promise<Grid> {
  let shaped = grid;
  for (const name of ["density", "leaps", "register"] as const) {
    const amount = sliders[name] ?? 0;
    if (!(amount >= -1 && amount <= 1))
      throw new OptionError("slider", `The slider ${name} stands between −1 and 1, not at ${amount}.`, {
        hint: "0 leaves the melody as it is.",
      });
    if (amount !== 0) shaped = await moves[name](model, shaped, amount, limits, options);
  }
  return shaped;
}
