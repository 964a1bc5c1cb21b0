/**
 * The model that ships, and melodies to try it on.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { onnx } from "@normflow/backend-onnx";
import { type Backend, open } from "@normflow/core";
import { all } from "@normflow/layers/all";
import { MelodyModel } from "../flow/melody-model.ts";
import { canonical, fromEvent, GRID_LOWEST, GRID_STEPS, type Grid, type GridNote, toNotes } from "../grid/grid.ts";

/** The bytes of the file that ships. */
export const shippedBytes = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL("../../../../apps/cli/models/melody.safetensors", import.meta.url)));

/** The model that ships, on ONNX Runtime unless another backend is given. */
export const shippedModel = async (backend?: Backend): Promise<MelodyModel> =>
  MelodyModel.from(open(shippedBytes(), all), backend ?? (await onnx({ threads: 1 })));

/** Repeatable numbers from 0 to 1. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Grids of no style, from silent to a note a sixteenth. */
export function randomGrids(n: number, seed = 1): Grid[] {
  const next = dice(seed);
  const step = (density: number): number =>
    next() < density ? GRID_LOWEST + Math.floor(next() * 37) : next() < 0.3 ? 0 : -1;
  return Array.from({ length: n }, (_, i) => canonical(Array.from({ length: GRID_STEPS }, () => step(i / (n - 1)))));
}

/** As many samples of the model as random grids. */
export async function bothSorts(model: MelodyModel, n: number, seed = 1): Promise<Grid[]> {
  return [...(await model.sample(n / 2, { seed })).map(fromEvent), ...randomGrids(n / 2, seed)];
}

/** C major and five scales more, narrow ones among them. */
export const scales: readonly ReadonlySet<number>[] = [
  [0, 2, 4, 5, 7, 9, 11],
  [0, 2, 4, 7, 9],
  [0, 3, 5, 6, 7, 10],
  [1, 3, 6, 8, 10],
  [2, 9],
  [6],
].map((classes) => new Set(classes));

/** Steps to lock: single notes' starts, scattered steps, a bar, a beat, nothing. */
export function someSteps(grid: Grid, i: number, seed = 1): number[] {
  const next = dice(seed + i);
  const steps = [...Array(GRID_STEPS).keys()];
  switch (i % 5) {
    case 0:
      return steps.filter((t) => grid[t]! > 0 && next() < 0.5);
    case 1:
      return steps.filter(() => next() < 0.3);
    case 2:
      return steps.slice(0, 16);
    case 3:
      return steps.slice(16);
    default:
      return steps.slice(8, 12);
  }
}

/** What is locked of a grid and not in another: notes as pitch, start, length, and silent steps. */
export function broken(grid: Grid, steps: readonly number[], result: Grid): string[] {
  const covers = ([, start, length]: GridNote, t: number): boolean => start <= t && t < start + length;
  const [before, after] = [toNotes(grid), toNotes(result)];
  const kept = new Set(after.map(String));
  const notes = before.filter((n) => steps.some((t) => covers(n, t)) && !kept.has(String(n)));
  const silences = steps.filter((t) => !before.some((n) => covers(n, t)) && after.some((n) => covers(n, t)));
  return [...notes.map((n) => `note ${n}`), ...silences.map((t) => `silence ${t}`)];
}

/** Starts of notes outside a scale that are not in locked notes. */
export function strays(
  grid: Grid,
  scale: ReadonlySet<number>,
  locked: readonly number[] = [],
  result = grid,
): number[] {
  const free = toNotes(grid)
    .filter(([, start, length]) => locked.some((t) => start <= t && t < start + length))
    .map(([, start]) => start);
  return result.flatMap((step, t) => (step > 0 && !scale.has(step % 12) && !free.includes(t) ? [t] : []));
}

/** A grid's rhythm: onset, hold or rest a step. */
export const rhythmOf = (grid: Grid): string => grid.map((step) => Math.min(step, 1)).join();
