/**
 * Melodies and tilts as arrays that a model takes, and back.
 *
 * @module
 */
import { type FloatArray, type HostArray, hostArray } from "@normflow/core";
import { COORDINATES, PATTERNS } from "./melody-flow.ts";

/** Events or latents as [N, 40]. */
export function eventRows(melodies: readonly ArrayLike<number>[]): HostArray {
  const data = new Float64Array(melodies.length * COORDINATES);
  melodies.forEach((m, i) => void data.set(m, i * COORDINATES));
  return hostArray(data, [melodies.length, COORDINATES]);
}

/** Tilts as [N, 40, 81]. */
export function tiltRows(tilts: readonly Float32Array[]): HostArray {
  const data = new Float32Array(tilts.length * COORDINATES * PATTERNS);
  tilts.forEach((t, i) => void data.set(t, i * COORDINATES * PATTERNS));
  return hostArray(data, [tilts.length, COORDINATES, PATTERNS]);
}

/** The rows of [N, 40] in the precision of the backend: a latent rounded further could leave its cell. */
export const rowsOf = ({ data }: HostArray): FloatArray[] =>
  Array.from({ length: data.length / COORDINATES }, (_, i) => data.slice(i * COORDINATES, (i + 1) * COORDINATES));
