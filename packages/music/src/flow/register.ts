/**
 * The register slider: the same rhythm, higher or lower.
 *
 * @module
 */
import type { Grid } from "../grid/grid.ts";
import { GRID_LOWEST, toEvent } from "../grid/grid.ts";
import { type Limits, lockedOnsets } from "./lock.ts";
import { BEATS } from "./melody-flow.ts";
import type { MelodyCallOptions, MelodyModel } from "./melody-model.ts";
import { moveLatent } from "./move.ts";
import { boundPitch, force, noTilt, OCTAVE } from "./tilt.ts";

/** Standard deviations that the slider's end moves a pitch by. */
const FARTHEST = 1.2;

/**
 * Moves a melody up (amount to 1) or down (to −1), its rhythm unchanged: z + 1.2 · amount for every pitch.
 *
 * A shift alone could lower a note, since each note changes what the next ones are likely to be. So classes on the other
 * side of a note's own pitch are excluded: no note ever moves against the slider, but where the scale leaves it no choice,
 * nor more than an octave.
 */
export async function moveRegister(
  model: MelodyModel,
  grid: Grid,
  amount: number,
  { locked = [], scale }: Limits = {},
  options: MelodyCallOptions = {},
): Promise<Grid> {
  const event = toEvent(grid);
  const fixed = lockedOnsets(grid, locked);
  const tilt = force(noTilt(), event, Array(BEATS).keys());
  grid.forEach((step, t) => {
    if (step <= 0) return;
    const own = step - GRID_LOWEST;
    if (fixed.has(t)) force(tilt, event, [BEATS + t]);
    else boundPitch(tilt, t, amount > 0 ? [own, own + OCTAVE] : [own - OCTAVE, own], scale);
  });
  return moveLatent(model, event, { from: tilt }, (z, i) => (i < BEATS ? z : z + FARTHEST * amount), options);
}
