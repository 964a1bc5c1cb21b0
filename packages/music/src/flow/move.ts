/**
 * Moves of the latent: what the sliders have in common.
 *
 * @module
 */
import { fromEvent, type Grid } from "../grid/grid.ts";
import type { MelodyCallOptions, MelodyModel } from "./melody-model.ts";
import type { MelodyEvent } from "./tilt.ts";

/** Fixes where in its cell each token stands: a slider then changes notes here and there, not all of them at one point. */
const PLACES = 1;

/**
 * Encodes a melody under one tilt, moves its latent and decodes it under another; with one tilt and no move, the melody.
 *
 * A token that the tilt excludes stands between its neighbours in z, and comes back as one of them.
 */
export async function moveLatent(
  model: MelodyModel,
  event: MelodyEvent,
  tilts: { readonly from: Float32Array; readonly to?: Float32Array },
  move: (z: number, coordinate: number) => number,
  options: MelodyCallOptions,
): Promise<Grid> {
  const { from, to = from } = tilts;
  const [latent] = await model.encode([event], { ...options, seed: PLACES, tilts: [from] });
  const [moved] = await model.decode([Float64Array.from(latent!, move)], { ...options, tilts: [to] });
  return fromEvent(moved!);
}
