/**
 * What a first visit finds: two melodies that the model drew, seeds 1 and 42.
 *
 * @module
 */
import type { GridNote } from "@normflow/music";
import type { Notes } from "../piece/notes.ts";
import { emptySide, type Piece, settled } from "../piece/piece.ts";

const notes = (tuples: readonly GridNote[]): Notes =>
  tuples.map(([pitch, start, length]) => ({ pitch, start, length, fold: 0 }));

/** Pitches in eighths from the start. */
const rising = [64, 67, 69, 71, 72, 74, 76, 77, 79, 76, 72, 76, 74, 72];
const SEED_1 = notes([...rising.map((pitch, i): GridNote => [pitch, 2 * i, 2]), [76, 28, 4]]);
const SEED_42 = notes([
  [72, 0, 4],
  [77, 4, 2],
  [74, 6, 2],
  [79, 8, 2],
  [77, 10, 2],
  [74, 12, 2],
  [72, 14, 2],
  [69, 16, 4],
  [76, 20, 2],
  [69, 22, 2],
  [69, 24, 2],
  [67, 26, 2],
  [67, 28, 4],
]);

/** The piece of a first visit. */
export const firstPiece: Piece = {
  a: settled(emptySide("Seed 1"), SEED_1),
  b: settled(emptySide("Seed 42"), SEED_42),
  tempo: 104,
  scale: "chromatic",
  path: { points: 9, preset: "musical" },
  seed: 2,
  temperature: 1,
  similarity: 0.5,
};
