/**
 * The rhythm of one melody with the pitches of another.
 *
 * @module
 */
import { type Grid, toEvent } from "../grid/grid.ts";
import { BEATS } from "./melody-flow.ts";
import type { MelodyCallOptions, MelodyModel } from "./melody-model.ts";
import { moveLatent } from "./move.ts";
import { force, lockScale, noTilt, pullToward } from "./tilt.ts";

/** Nats a semitone by which the sounding pitches draw: mostly they win, where the model finds them odd it may step aside. */
const PULL = 2;

/**
 * Puts the pitches of one melody on the rhythm of another: same onsets, same lengths.
 *
 * The pitch melody is encoded under a tilt toward its own sounding pitches and decoded under the same tilt with the
 * rhythm forced; crossed with itself a melody stays as it is.
 */
export function cross(
  model: MelodyModel,
  melodies: { readonly rhythm: Grid; readonly pitches: Grid },
  { scale }: { readonly scale?: ReadonlySet<number> | undefined } = {},
  options: MelodyCallOptions = {},
): Promise<Grid> {
  const [rhythm, pitches] = [toEvent(melodies.rhythm), toEvent(melodies.pitches)];
  const from = pullToward(noTilt(), pitches, { beat: 0, pitch: PULL });
  if (scale) lockScale(from, scale);
  const to = force(from.slice(), rhythm, Array(BEATS).keys());
  force(from, pitches, Array(BEATS).keys());
  return moveLatent(model, pitches, { from, to }, (z) => z, options);
}
