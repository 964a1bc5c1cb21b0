/**
 * A melody as a file holds it, whatever its format: what every reader gives and the windows are cut from.
 *
 * @module
 */

/** One note, in ticks. */
export interface TuneNote {
  /** MIDI number, 0 to 127. */
  readonly pitch: number;
  readonly start: number;
  readonly duration: number;
}

/** A meter, from a tick on. */
export interface TuneMeter {
  readonly tick: number;
  readonly numerator: number;
  readonly denominator: number;
}

/** What a file written by normflow carries so that it reads back as the same melody. */
export interface MelodyMark {
  /** Semitones added to the melody in C, −11 to 11. */
  readonly keyShift: number;
  /** Semitones added to bring the melody to its octave, a multiple of 12. */
  readonly octaveShift: number;
  /** Octaves taken from each note, in order, to bring it into the range of the grid; 0 for most. */
  readonly folds: readonly number[];
}

/** A file format that tunes are read from. */
export type TuneFormat = "midi" | "abc" | "musicxml";

/** One melody of a file. */
export interface Tune {
  readonly title: string;
  readonly format: TuneFormat;
  /** The track, voice or part that was read, for people. */
  readonly part: string;
  /** The tune's number in a file that holds several (X: in ABC). */
  readonly reference?: string;
  readonly ticksPerQuarter: number;
  readonly meters: readonly TuneMeter[];
  /** Sharps (or −flats) of the key signature, where the format has one to trust. */
  readonly fifths: number | undefined;
  /** Quarter notes a minute. */
  readonly tempo: number;
  /** Tick of the first whole bar. */
  readonly firstBar: number;
  /** Monophonic, sorted by start. */
  readonly notes: readonly TuneNote[];
  /**
   * How often each MIDI number starts a note in the whole piece, accompaniment included, where a file has one: key and
   * octave are those of the piece. Without it, the notes of the melody count.
   */
  readonly pitchCounts?: readonly number[];
  /** Share, 0 to 1, of the sounding time during which the part that was read has chords, of which the highest note stays. */
  readonly together?: number;
  /** Present when normflow wrote the file. */
  readonly mark?: MelodyMark;
}
