/**
 * The density slider: more notes, or fewer.
 *
 * @module
 */
import { GRID_LOWEST, type Grid } from "../grid/grid.ts";
import { HOLD, ONSET, patternTable, REST } from "../grid/pattern.ts";
import { type Limits, limit, lockedEvent, lockedOnsets } from "./lock.ts";
import { BEATS, STEPS } from "./melody-flow.ts";
import type { MelodyCallOptions, MelodyModel } from "./melody-model.ts";
import { moveLatent } from "./move.ts";
import { boundPitch, keepRhythms, noTilt, pullPitch, STEPS_A_BEAT } from "./tilt.ts";

/** Standard deviations that the slider's end moves a beat by. */
const FARTHEST = 1.2;

/** Nats a semitone by which the notes on either side draw a new one. */
const PULL = 0.25;

/**
 * Adds notes to a melody (amount to 1) or takes notes away (to −1): z + 1.2 · amount for every beat, patterns being
 * ordered from sparse to dense.
 *
 * Only patterns that keep all onsets, or start no new ones, are left, so that the melody stays itself: the notes that
 * remain keep onset and pitch, the first always remains, and new ones are the middle of what the model expects, drawn toward
 * their neighbours.
 */
export async function moveDensity(
  model: MelodyModel,
  grid: Grid,
  amount: number,
  { locked = [], scale }: Limits = {},
  options: MelodyCallOptions = {},
): Promise<Grid> {
  const event = lockedEvent(grid, locked);
  const fixed = lockedOnsets(grid, locked);
  const first = grid.findIndex((step) => step > 0);
  const tilt = noTilt();
  keepRhythms(
    tilt,
    Array.from({ length: STEPS }, (_, t) => {
      const kind = patternTable[event[Math.floor(t / STEPS_A_BEAT)]!]![t % STEPS_A_BEAT]!;
      return amount > 0 ? [kind, ONSET] : kind === ONSET && t !== first ? [ONSET, HOLD, REST] : [kind];
    }),
  );
  grid.forEach((step, t) => {
    if (step > 0) return;
    const around = [
      grid
        .slice(0, t)
        .filter((s) => s > 0)
        .at(-1),
      grid.slice(t).find((s) => s > 0),
    ];
    for (const pitch of around) if (pitch !== undefined) pullPitch(tilt, t, pitch - GRID_LOWEST, PULL);
  });
  limit(tilt, grid, { locked, scale });
  grid.forEach((step, t) => {
    if (step > 0 && !fixed.has(t)) boundPitch(tilt, t, [step - GRID_LOWEST, step - GRID_LOWEST], scale);
  });
  return moveLatent(model, event, { from: tilt }, (z, i) => (i < BEATS ? z + FARTHEST * amount : 0), options);
}
