/**
 * One part of a MusicXML score as a line of notes.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { melodyLine, polyphony } from "../tune/melody-line.ts";
import type { TuneMeter, TuneNote } from "../tune/tune.ts";
import { child, childText, type XmlElement } from "./tree.ts";

/** Divisible by what tuplets divide by. */
export const XML_TICKS_PER_QUARTER = 10_080;
const LONGEST = 2 ** 21 * XML_TICKS_PER_QUARTER;
const NATURALS: Readonly<Record<string, number>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };

/** What a part says. Times in ticks. */
export interface PartReading {
  /** The voice that was read. */
  readonly voice: string;
  readonly notes: readonly TuneNote[];
  readonly together: number;
  readonly meters: readonly TuneMeter[];
  readonly fifths: number | undefined;
  readonly tempo: number | undefined;
  readonly firstBar: number;
}

interface Sounding {
  readonly pitch: number;
  readonly start: number;
  duration: number;
  readonly continues: boolean;
  tied: boolean;
}

/** @throws FormatError of a code for text that is no number from `least` to `most` */
function number(text: string, code: string, what: string, least: number, most: number): number {
  const value = text === "" ? Number.NaN : Number(text);
  if (!(value >= least && value <= most))
    throw new FormatError(code, `The score gives ${text === "" ? "nothing" : `“${text.slice(0, 30)}”`} as ${what}.`, {
      hint: "Export the file again from the program that wrote it, or download it again.",
    });
  return value;
}

/** Quarters of the beat units that metronomes count. */
const BEAT_UNITS: Readonly<Record<string, number>> = { whole: 4, half: 2, quarter: 1, eighth: 0.5, "16th": 0.25 };

const has = (element: XmlElement, name: string): boolean => child(element, name) !== undefined;

const tie = (note: XmlElement, type: string): boolean =>
  [note, child(note, "notations")].some((e) =>
    e?.children.some((c) => (c.name === "tie" || c.name === "tied") && c.attributes["type"] === type),
  );

class PartReader {
  private readonly sounding: Sounding[] = [];
  private readonly meters: TuneMeter[] = [];
  private readonly signatures = new Set<number | undefined>();
  private readonly bars: { readonly start: number; readonly whole: boolean }[] = [];
  private divisions = 1;
  private transposition = 0;
  private fifths: number | undefined;
  private tempo: number | undefined;
  private voice: string | undefined;
  private barStart = 0;
  private barEnd = 0;
  private now = 0;
  private chordStart = 0;

  measure(measure: XmlElement): void {
    this.now = this.barEnd = this.chordStart = this.barStart;
    let timed = false;
    for (const element of measure.children) {
      if (element.name === "attributes") this.attributes(element);
      else if (element.name === "note") this.note(element);
      else if (element.name === "backup") this.now = Math.max(this.barStart, this.now - this.ticks(element));
      else if (element.name === "forward") this.advance(this.ticks(element));
      else if (element.name === "sound") this.sound(element);
      else if (element.name === "direction") this.direction(element);
      timed ||= ["note", "forward"].includes(element.name);
    }
    const meter = this.meters.at(-1);
    const whole = meter ? (4 * XML_TICKS_PER_QUARTER * meter.numerator) / meter.denominator : 0;
    const implicit = measure.attributes["implicit"] === "yes";
    // An empty measure is a bar of rest.
    if (!timed && !implicit) this.barEnd = this.barStart + whole;
    this.bars.push({ start: this.barStart, whole: !implicit && this.barEnd - this.barStart >= whole - 0.5 });
    this.barStart = this.barEnd;
  }

  private ticks(element: XmlElement): number {
    const duration = number(childText(element, "duration"), "musicxml-duration", "a duration", 0, 2 ** 31);
    return (duration * XML_TICKS_PER_QUARTER) / this.divisions;
  }

  private advance(ticks: number): void {
    this.now += ticks;
    this.barEnd = Math.max(this.barEnd, this.now);
    if (this.now > LONGEST)
      throw new FormatError("too-long", "The score goes on for days: it is not one melody.", {
        hint: "Cut out the bars that you want.",
      });
  }

  private direction(direction: XmlElement): void {
    for (const inner of direction.children) if (inner.name === "sound") this.sound(inner);
    for (const metronome of direction.children.flatMap((c) => c.children)) {
      const unit = (BEAT_UNITS[childText(metronome, "beat-unit")] ?? 0) * (has(metronome, "beat-unit-dot") ? 1.5 : 1);
      const tempo = unit * Number(/\d+(?:\.\d+)?/.exec(childText(metronome, "per-minute"))?.[0] ?? 0);
      if (tempo >= 4 && tempo <= 1000) this.tempo ??= tempo;
    }
  }

  private sound({ attributes }: XmlElement): void {
    const tempo = Number(attributes["tempo"]);
    if (tempo >= 4 && tempo <= 1000) this.tempo ??= tempo;
  }

  private attributes(attributes: XmlElement): void {
    for (const element of attributes.children) {
      // What differs on a second staff does not concern the first.
      if ((element.attributes["number"] ?? "1") !== "1") continue;
      if (element.name === "divisions")
        this.divisions = number(element.text, "musicxml-divisions", "its divisions of a quarter note", 1e-3, 2 ** 31);
      if (element.name === "key" && has(element, "fifths"))
        this.fifths = Math.round(number(childText(element, "fifths"), "musicxml-key", "a key", -20, 20));
      if (element.name === "time") this.time(element);
      if (element.name === "transpose") {
        const by = (name: string): number =>
          Math.round(number(childText(element, name) || "0", "musicxml-transpose", "a transposition", -127, 127));
        this.transposition = by("chromatic") + 12 * by("octave-change");
      }
    }
  }

  private time(time: XmlElement): void {
    if (!has(time, "beats")) return;
    const beats = childText(time, "beats").slice(0, 40).split("+").map(Number);
    const numerator = number(`${beats.reduce((sum, n) => sum + n, 0)}`, "musicxml-meter", "the beats of a bar", 1, 256);
    const denominator = number(childText(time, "beat-type"), "musicxml-meter", "a beat", 1, 256);
    const tick = Math.round(this.now);
    if (this.meters.at(-1)?.tick === tick) this.meters.pop();
    const last = this.meters.at(-1);
    if (last?.numerator !== numerator || last.denominator !== denominator)
      this.meters.push({ tick, numerator, denominator });
  }

  private note(note: XmlElement): void {
    if (has(note, "grace")) return;
    const cue = has(note, "cue");
    // A cue may take no time, and then says none.
    const ticks = cue && !has(note, "duration") ? 0 : this.ticks(note);
    const start = has(note, "chord") ? this.chordStart : this.now;
    if (!has(note, "chord")) {
      this.chordStart = this.now;
      this.advance(ticks);
    }
    if ((childText(note, "staff") || "1") !== "1" || cue) return;
    const voice = childText(note, "voice") || "1";
    this.voice ??= voice;
    const pitch = child(note, "pitch");
    if (voice !== this.voice || !pitch || ticks === 0) return;
    const natural = NATURALS[childText(pitch, "step")];
    const octave = number(childText(pitch, "octave"), "musicxml-pitch", "an octave", -2, 12);
    const alter = number(childText(pitch, "alter") || "0", "musicxml-pitch", "an alteration", -4, 4);
    const midi = 12 * (octave + 1) + (natural ?? Number.NaN) + Math.round(alter) + this.transposition;
    if (!(Number.isInteger(midi) && midi >= 0 && midi <= 127))
      throw new FormatError("musicxml-pitch", "The score has a note that is no pitch of MIDI.", {
        hint: "Export the file again from the program that wrote it, or download it again.",
      });
    this.signatures.add(this.fifths === undefined ? undefined : transposed(this.fifths, this.transposition));
    this.sounding.push({ pitch: midi, start, duration: ticks, continues: tie(note, "stop"), tied: tie(note, "start") });
  }

  /** The highest note of each chord, tied ones joined, in whole ticks. */
  private line(): TuneNote[] {
    const sorted = [...this.sounding].sort((a, b) => a.start - b.start || b.pitch - a.pitch);
    const line: Sounding[] = [];
    let chord = Number.NaN;
    for (const note of sorted) {
      if (note.start === chord) continue;
      chord = note.start;
      const last = line.at(-1);
      const meets = last !== undefined && Math.abs(last.start + last.duration - note.start) < 0.5;
      if (meets && last.tied && note.continues && last.pitch === note.pitch) {
        last.duration += note.duration;
        last.tied = note.tied;
      } else line.push({ ...note });
    }
    const rounded = line.map(({ pitch, start, duration }) => {
      const tick = Math.round(start);
      return { pitch, start: tick, duration: Math.round(start + duration) - tick };
    });
    return melodyLine(rounded).filter((note) => note.duration > 0);
  }

  finish(): PartReading {
    const [fifths] = this.signatures.size === 1 ? this.signatures : [undefined];
    return {
      voice: this.voice ?? "1",
      notes: this.line(),
      together: polyphony(this.sounding),
      meters: this.meters,
      fifths,
      tempo: this.tempo,
      firstBar: Math.round(this.bars.find((bar) => bar.whole)?.start ?? 0),
    };
  }
}

/** The signature that sounds where one is written for an instrument that transposes. */
const transposed = (fifths: number, semitones: number): number =>
  semitones % 12 === 0 ? fifths : ((((fifths + 7 * semitones + 6) % 12) + 12) % 12) - 6;

/**
 * Reads the first voice on the first staff of a part, each measure once, in the order written.
 * @throws FormatError `musicxml-…` for numbers and pitches that cannot be, `too-long`
 */
export function readPart(part: XmlElement): PartReading {
  const reader = new PartReader();
  for (const element of part.children) if (element.name === "measure") reader.measure(element);
  return reader.finish();
}
