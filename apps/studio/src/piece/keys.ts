/**
 * The keys that a melody can stand in.
 *
 * @module
 */
import type { Place } from "./piece.ts";

/** Tonics by semitones above C, spelt as key signatures spell them. */
export const tonics = ["C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"] as const;

/** The tonic of a place, 0 to 11 semitones above C. */
export const tonicOf = ({ keyShift }: Place): number => ((keyShift % 12) + 12) % 12;

/** The place with another tonic, by the nearer way up or down. */
export function withTonic(place: Place, tonic: number): Place {
  const up = (((tonic - tonicOf(place)) % 12) + 12) % 12;
  const height = place.keyShift + (up > 6 ? up - 12 : up);
  // Within the −11 to 11 that files keep, the octave takes what goes beyond.
  const over = height > 11 ? 12 : height < -11 ? -12 : 0;
  return { keyShift: height - over, octaveShift: place.octaveShift + over };
}

/** Semitones by which a place moves what is written in C. */
export const shiftOf = ({ keyShift, octaveShift }: Place): number => keyShift + octaveShift;
