/**
 * One voice of an ABC tune as it is read: where it stands, the notes so far, and what waits for the next note.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import type { TuneMeter, TuneNote } from "../tune/tune.ts";
import type { AbcMeter } from "./fields.ts";
import { type AbcKey, semitones } from "./key.ts";

/** Divisible by what tuplets divide by. */
export const ABC_TICKS_PER_QUARTER = 10_080;
const WHOLE = 4 * ABC_TICKS_PER_QUARTER;

/** Two weeks of music at 120 beats: more is hostile. */
const LONGEST = 2 ** 21 * ABC_TICKS_PER_QUARTER;
const NATURALS: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** A note as written. */
export interface WrittenNote {
  /** A to G, an octave higher in lower case. */
  readonly letter: string;
  /** Empty where none is written. */
  readonly accidental: string;
  /** Octaves that the marks , and ' add. */
  readonly octaves: number;
  readonly tied: boolean;
}

interface Sounding {
  readonly start: number;
  readonly pitch: number;
  duration: number;
}

interface Tuplet {
  readonly factor: number;
  left: number;
}

/** The state of a voice. Lengths are in unit lengths (L:), times in ticks. */
export class AbcVoice {
  private readonly notes: Sounding[] = [];
  private readonly bars: { readonly start: number; readonly end: number; readonly whole: number }[] = [];
  private readonly metersSoFar: TuneMeter[] = [];
  private readonly signatures = new Set<number | undefined>();
  private readonly accidentals = new Map<string, number>();
  private now = 0;
  private barStart = 0;
  private meter: AbcMeter | undefined;
  private key: AbcKey;
  private tuplet: Tuplet | undefined;
  /** What the first half of a broken rhythm leaves for the second. */
  private waiting: number | undefined;
  private last: { readonly note: Sounding | undefined; duration: number } | undefined;
  private tie: { readonly note: Sounding; readonly place: string } | undefined;
  private lastPlace = "";
  /** The unit length, as a part of a whole note. */
  unit: number;

  constructor(key: AbcKey, meter: AbcMeter | undefined, unit: number) {
    this.key = key;
    this.unit = unit;
    this.setMeter(meter);
  }

  get currentKey(): AbcKey {
    return this.key;
  }

  setKey(key: AbcKey): void {
    this.key = key;
    this.accidentals.clear();
  }

  setMeter(meter: AbcMeter | undefined): void {
    this.meter = meter;
    if (!meter) return;
    const [last, tick] = [this.metersSoFar.at(-1), Math.round(this.now)];
    if (last?.tick === tick) this.metersSoFar.pop();
    const same = this.metersSoFar.at(-1);
    if (same?.numerator === meter.numerator && same.denominator === meter.denominator) return;
    this.metersSoFar.push({ tick, ...meter });
  }

  /** The next `count` notes take the time of `inTimeOf`/`of` of what is written. */
  startTuplet(of: number, inTimeOf: number | undefined, count: number | undefined): void {
    const threes = this.meter !== undefined && this.meter.numerator % 3 === 0 && this.meter.numerator > 3;
    const usual = [2, 4, 8].includes(of) ? 3 : [3, 6].includes(of) ? 2 : threes ? 3 : 2;
    this.tuplet = { factor: (inTimeOf ?? (of === 2 ? 3 : usual)) / of, left: count ?? of };
  }

  /** A broken rhythm: the note before gets longer (or, if not `lengthen`, shorter), the next one the other way. */
  breakRhythm(lengthen: boolean, depth: number): void {
    if (!this.last) return;
    const short = 2 ** -Math.min(depth, 4);
    const change = this.last.duration * ((lengthen ? 2 - short : short) - 1);
    if (this.last.note) this.last.note.duration += change;
    this.last.duration += change;
    this.now += change;
    this.waiting = lengthen ? short : 2 - short;
  }

  private take(length: number): number {
    let duration = length * this.unit * WHOLE;
    if (this.tuplet) {
      duration *= this.tuplet.factor;
      if (--this.tuplet.left <= 0) this.tuplet = undefined;
    }
    duration *= this.waiting ?? 1;
    this.waiting = undefined;
    return duration;
  }

  private advance(duration: number): void {
    this.now += duration;
    if (this.now > LONGEST)
      throw new FormatError("too-long", "The tune goes on for days: it is not one melody.", {
        hint: "Cut out the bars that you want.",
      });
  }

  rest(length: number): void {
    const duration = this.take(length);
    this.last = { note: undefined, duration };
    this.tie = undefined;
    this.advance(duration);
  }

  restBars(count: number): void {
    this.endBar();
    const bar = this.wholeBar() || WHOLE;
    this.advance(count * bar);
    this.endBar();
  }

  /**
   * Adds a note, or the highest of a chord.
   * @throws FormatError `pitch`, `too-long`
   */
  sound(written: readonly WrittenNote[], length: number): void {
    const pitches = written.map((note) => this.pitchOf(note));
    const pitch = Math.max(...pitches);
    const top = written[pitches.indexOf(pitch)]!;
    const place = placeOf(top);
    const duration = this.take(length);
    const tie = this.tie;
    this.tie = undefined;
    let note: Sounding;
    if (tie?.note.pitch === pitch) {
      note = tie.note;
      note.duration += duration;
    } else {
      note = { start: this.now, pitch, duration };
      this.notes.push(note);
      this.signatures.add(this.key.fifths);
    }
    this.last = { note, duration };
    this.lastPlace = place;
    if (top.tied) this.tie = { note, place };
    this.advance(duration);
  }

  private pitchOf(note: WrittenNote): number {
    const place = placeOf(note);
    if (note.accidental !== "") this.accidentals.set(place, semitones(note.accidental));
    // A tie carries its accidental over the bar line, to this one note.
    else if (this.tie?.place === place) return this.tie.note.pitch;
    const letter = note.letter.toUpperCase();
    const altered = this.accidentals.get(place) ?? this.key.accidentals.get(letter) ?? 0;
    const octave = 5 + note.octaves + (note.letter === letter ? 0 : 1) + this.key.octave;
    const pitch = 12 * octave + NATURALS[letter]! + altered;
    if (pitch < 0 || pitch > 127)
      throw new FormatError("pitch", `A note lies ${pitch < 0 ? "below" : "above"} the range of MIDI.`, {
        hint: "Move it by octaves until it lies within 0 to 127.",
      });
    return pitch;
  }

  /** Ties the last note to the next one. */
  tieLast(): void {
    if (this.last?.note) this.tie = { note: this.last.note, place: this.lastPlace };
  }

  private wholeBar(): number {
    return this.meter ? (WHOLE * this.meter.numerator) / this.meter.denominator : 0;
  }

  endBar(): void {
    this.accidentals.clear();
    this.last = undefined;
    if (this.now > this.barStart) this.bars.push({ start: this.barStart, end: this.now, whole: this.wholeBar() });
    this.barStart = this.now;
  }

  /** Returns what was read, times in whole ticks. */
  finish(): { notes: TuneNote[]; meters: TuneMeter[]; firstBar: number; fifths: number | undefined } {
    this.endBar();
    const firstBar = this.bars.find((bar) => bar.end - bar.start >= bar.whole - 0.5)?.start ?? 0;
    const notes = this.notes.map(({ pitch, start, duration }) => {
      const tick = Math.round(start);
      return { pitch, start: tick, duration: Math.round(start + duration) - tick };
    });
    const [fifths] = this.signatures.size === 1 ? this.signatures : [undefined];
    return {
      notes: notes.filter((note) => note.duration > 0),
      meters: this.metersSoFar,
      firstBar: Math.round(firstBar),
      fifths: this.notes.length === 0 ? this.key.fifths : fifths,
    };
  }
}

const placeOf = (note: WrittenNote): string =>
  `${note.letter.toUpperCase()}${note.octaves + (note.letter === note.letter.toUpperCase() ? 0 : 1)}`;
