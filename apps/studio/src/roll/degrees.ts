/**
 * Moves within a scale: by degrees, so that what is moved together stays a melody of that scale.
 *
 * @module
 */
import { GRID_HIGHEST, GRID_LOWEST, GRID_STEPS } from "@normflow/music";
import { type Notes, noteEnd } from "../piece/notes.ts";
import { inScale, type ScaleName } from "../piece/scale.ts";

const ladders = new Map<ScaleName, readonly number[]>();

/** The pitches of a scale within the grid, upwards. */
function ladderOf(scale: ScaleName): readonly number[] {
  let ladder = ladders.get(scale);
  if (!ladder) {
    ladder = Array.from({ length: GRID_HIGHEST - GRID_LOWEST + 1 }, (_, i) => GRID_LOWEST + i).filter((p) =>
      inScale(scale, p),
    );
    ladders.set(scale, ladder);
  }
  return ladder;
}

/** How many degrees above (below, if negative) a pitch another one of the scale lies; 0 for the pitch itself. */
export function degreesBetween(scale: ScaleName, from: number, to: number): number {
  if (from === to) return 0;
  const between = ladderOf(scale).filter((p) => (to > from ? p > from && p <= to : p < from && p >= to)).length;
  return to > from ? between : -between;
}

/** The pitch that lies degrees above or below; one outside the scale first goes to its neighbour in it. */
function shifted(ladder: readonly number[], pitch: number, degrees: number): number | undefined {
  if (degrees === 0) return pitch;
  if (degrees > 0) return ladder[ladder.findIndex((p) => p > pitch) + degrees - 1];
  return ladder[ladder.findLastIndex((p) => p < pitch) + degrees + 1];
}

const room = (ladder: readonly number[], pitch: number, up: boolean): number =>
  up ? ladder.filter((p) => p > pitch).length : ladder.filter((p) => p < pitch).length;

/**
 * The chosen notes moved together by steps and by degrees of a scale, as far as the grid has room for all of them.
 * What they are laid over is the caller's to say.
 */
export function shiftNotes(moving: Notes, steps: number, degrees: number, scale: ScaleName): Notes {
  if (moving.length === 0) return [];
  const ladder = ladderOf(scale);
  const first = Math.min(...moving.map((n) => n.start));
  const last = Math.max(...moving.map(noteEnd));
  const by = Math.max(-first, Math.min(GRID_STEPS - last, steps));
  const limit = Math.min(...moving.map((n) => room(ladder, n.pitch, degrees > 0)));
  const up = Math.sign(degrees) * Math.min(Math.abs(degrees), limit);
  return moving.map((n) => ({ ...n, start: n.start + by, pitch: shifted(ladder, n.pitch, up) ?? n.pitch }));
}
