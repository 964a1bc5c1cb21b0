/**
 * Changes of a piece: what every button does to it, as pure functions.
 *
 * @module
 */
import { GRID_HIGHEST, GRID_LOWEST, GRID_STEPS } from "@normflow/music";
import { TITLE_BYTES } from "../keep/link.ts";
import { cutBytes } from "../keep/title.ts";
import { shiftOf } from "../piece/keys.ts";
import { type Notes, openPitch, sameNotes, transposeNotes } from "../piece/notes.ts";
import {
  flat,
  isLocked,
  lockSteps,
  type Piece,
  type Place,
  type Shape,
  type Side,
  type SideName,
  settled,
} from "../piece/piece.ts";

export const otherSide = (name: SideName): SideName => (name === "a" ? "b" : "a");

export const withSide = (piece: Piece, name: SideName, change: (side: Side) => Side): Piece => ({
  ...piece,
  [name]: change(piece[name]),
});

/** Locks that still cover a whole note, or silence, of the melody. */
function keptLocks(side: Side, notes: Notes): readonly number[] {
  if (side.locked.length === 0) return side.locked;
  const whole = new Set(notes.filter((n) => isLocked(side, n)).map((n) => n.start));
  return lockSteps(
    side.locked.filter((step) => {
      const note = notes.find((n) => n.start <= step && step < n.start + n.length);
      return note === undefined || whole.has(note.start);
    }),
  );
}

/** A melody written by hand or by the model: what comes next starts from it. */
export const written = (side: Side, notes: Notes, title = side.title): Side => ({
  ...settled(side, notes),
  // As long as a link can hold.
  title: cutBytes(title, TITLE_BYTES),
  locked: keptLocks(side, notes),
});

/** A variation: the original stays, so that the next one starts from it too. */
export const varied = (side: Side, notes: Notes): Side => ({ ...side, notes, shape: flat });

/** What a variation starts from: the original, or the melody that the sliders made. */
export const variedFrom = (side: Side): Side => (isFlat(side.shape) ? side : settled(side, side.notes));

/** What the sliders start from: the melody as it is when the first of them leaves 0. */
export const shapedFrom = (side: Side): Side => (isFlat(side.shape) ? settled(side, side.notes) : side);

export const shaped = (side: Side, notes: Notes, shape: Shape): Side => ({ ...side, notes, shape });

export const isFlat = (shape: Shape): boolean => shape.register === 0 && shape.density === 0 && shape.leaps === 0;

/** Whether a melody differs from the one that its variations start from. */
export const differs = (side: Side): boolean => !sameNotes(side.notes, side.origin);

/** Moves a whole melody by semitones, its original with it. */
export function transposed(side: Side, semitones: number): Side {
  const move = (notes: Notes): Notes => transposeNotes(notes, new Set(notes.map((n) => n.start)), semitones).notes;
  return { ...side, notes: move(side.notes), origin: move(side.origin) };
}

/** Exchanges the two melodies. */
export const swapped = (piece: Piece): Piece => ({ ...piece, a: piece.b, b: piece.a });

/** The steps of a bar, 0 or 1. */
export const barSteps = (bar: number): number[] =>
  Array.from({ length: GRID_STEPS / 2 }, (_, i) => (bar * GRID_STEPS) / 2 + i);

const inMidi = (pitch: number): boolean => pitch >= 0 && pitch <= 127;

/** Whether every note of a melody, and of its original, sounds within MIDI 0 to 127 at a place. */
export const isInMidi = ({ notes, origin }: Side, place: Place): boolean =>
  [...notes, ...origin].every((n) => inMidi(openPitch(n) + shiftOf(place)));

/**
 * Whether a melody may go to a place: all of it within MIDI, and room for what may yet be written.
 * Nothing keeps a melody where it cannot be heard: one that is outside, or without room, may come nearer.
 */
export function fitsMidi(side: Side, place: Place): boolean {
  const [shift, now] = [shiftOf(place), shiftOf(side.place)];
  const hasRoom = inMidi(GRID_LOWEST + shift) && inMidi(GRID_HIGHEST + shift);
  const isInside = isInMidi(side, place) || !isInMidi(side, side.place);
  return isInside && (hasRoom || Math.abs(shift) <= Math.abs(now));
}
