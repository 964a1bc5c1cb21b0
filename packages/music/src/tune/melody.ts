/**
 * A melody to be written to a file: what the writers of every format take.
 *
 * @module
 */
import { OptionError } from "@normflow/core";
import { fromNotes, type GridNote } from "../grid/grid.ts";
import type { MelodyMark } from "./tune.ts";

/** A melody of two bars and where it stands. */
export interface Melody {
  /** In C, pitches 50 to 86, times in sixteenths. */
  readonly notes: readonly GridNote[];
  /** Quarter notes a minute, 4 to 1,000; 100 by default. */
  readonly tempo?: number;
  /** Semitones above C, −11 to 11. */
  readonly keyShift?: number;
  /** Semitones, a multiple of 12. */
  readonly octaveShift?: number;
  /** Octaves to add to each note, in order; none by default. */
  readonly folds?: readonly number[];
  readonly title?: string;
}

/** A melody at the pitches at which it sounds, and the mark that leads back. */
export interface PlacedMelody {
  readonly notes: readonly GridNote[];
  readonly tempo: number;
  readonly title: string;
  /** Sharps, −5 to 6, of the key signature. */
  readonly fifths: number;
  readonly mark: MelodyMark;
}

/**
 * Moves a melody to its key and octave.
 * @throws FormatError `notes` when the notes are not a melody
 * @throws OptionError `tempo`, `key-shift`, `octave-shift`, `folds`; `pitch` when a note leaves MIDI 0 to 127
 */
export function placeMelody(melody: Melody): PlacedMelody {
  const { tempo = 100, keyShift = 0, octaveShift = 0, title = "Melody" } = melody;
  fromNotes(melody.notes);
  const sorted = [...melody.notes].sort((a, b) => a[1] - b[1]);
  const folds = melody.folds ?? sorted.map(() => 0);
  if (!(tempo >= 4 && tempo <= 1000))
    throw new OptionError("tempo", `A tempo lies between 4 and 1,000 quarter notes a minute, not at ${tempo}.`, {
      hint: "120 is a common one.",
    });
  if (!Number.isInteger(keyShift) || Math.abs(keyShift) > 11)
    throw new OptionError("key-shift", `A key is −11 to 11 whole semitones from C, not ${keyShift}.`, {
      hint: "0 leaves it in C.",
    });
  if (!Number.isInteger(octaveShift / 12) || Math.abs(octaveShift) > 120)
    throw new OptionError(
      "octave-shift",
      `An octave shift is a multiple of 12 semitones up to 120, not ${octaveShift}.`,
      { hint: "0 leaves it where it is." },
    );
  if (folds.length !== sorted.length || !folds.every((f) => Number.isInteger(f) && Math.abs(f) <= 12))
    throw new OptionError("folds", `A melody of ${sorted.length} notes takes as many whole numbers of octaves.`, {
      hint: "Give each note the octaves by which it was moved, 0 for none.",
    });
  const notes = sorted.map(([p, s, l], i): GridNote => [p + 12 * folds[i]! + keyShift + octaveShift, s, l]);
  const outside = notes.find(([p]) => p < 0 || p > 127);
  if (outside)
    throw new OptionError("pitch", `A note would be at MIDI ${outside[0]}, outside 0 to 127.`, {
      hint: "Move it by octaves until it lies within 0 to 127.",
    });
  const sharps = (((keyShift * 7) % 12) + 12) % 12;
  return { notes, tempo, title, fifths: sharps > 6 ? sharps - 12 : sharps, mark: { keyShift, octaveShift, folds } };
}
