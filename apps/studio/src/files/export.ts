/**
 * Melodies to files: MIDI and ABC that any program opens and from which the same melody is read back.
 *
 * @module
 */
import { type Melody, writeAbc, writeMidi } from "@normflow/music";
import type { Notes } from "../piece/notes.ts";
import type { Place } from "../piece/piece.ts";

export { fileName } from "./name.ts";

/** What can be written: a side of a piece, a melody of the shelf, a point of the path. */
export interface Exportable {
  readonly title: string;
  readonly notes: Notes;
  readonly place: Place;
}

function melodyOf({ title, notes, place }: Exportable, tempo: number): Melody {
  const ordered = [...notes].sort((a, b) => a.start - b.start);
  return {
    notes: ordered.map(({ pitch, start, length }) => [pitch, start, length]),
    folds: ordered.map((note) => note.fold),
    keyShift: place.keyShift,
    octaveShift: place.octaveShift,
    tempo,
    ...(title.trim() === "" ? {} : { title }),
  };
}

/**
 * Writes a melody as the bytes of a MIDI file.
 * @param tempo quarter notes a minute
 * @throws {OptionError} `pitch` where a note would sound above or below what MIDI has
 */
export const exportMidi = (melody: Exportable, tempo: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(writeMidi(melodyOf(melody, tempo)));

/**
 * Writes a melody as ABC text.
 * @param tempo quarter notes a minute
 * @throws {OptionError} `pitch` where a note would sound above or below what MIDI has
 */
export const exportAbc = (melody: Exportable, tempo: number): string => writeAbc(melodyOf(melody, tempo));
