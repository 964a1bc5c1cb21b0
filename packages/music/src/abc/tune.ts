/**
 * One tune of an ABC file: its fields, its voices, its music.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { readMark } from "../midi/mark.ts";
import type { MelodyMark, Tune } from "../tune/tune.ts";
import { type AbcMeter, defaultUnit, parseMeter, parseTempo, parseUnit } from "./fields.ts";
import { parseKey } from "./key.ts";
import { readMusic } from "./music.ts";
import { ABC_TICKS_PER_QUARTER, AbcVoice } from "./voice.ts";

const FIELD = /^[A-Za-z+]:(?![|:])/;
const DEFAULT_TEMPO = 120;

/** Text as fields hold it: \% and the like stand for the character. */
const plainText = (text: string): string => text.slice(0, 2000).replace(/\\([%\\&"])/g, "$1");

/** Cuts a comment off a line; \% starts none. */
function withoutComment(line: string): string {
  let at = line.indexOf("%");
  while (at > 0 && line[at - 1] === "\\") at = line.indexOf("%", at + 1);
  return (at < 0 ? line : line.slice(0, at)).trim();
}

/** Reads the lines of one tune, and before them those of the file header. */
export class AbcTuneReader {
  private title = "";
  /** Free where no M: says otherwise. */
  private meter: AbcMeter | undefined;
  private unit: number | undefined;
  private tempo: string | undefined;
  private mark: MelodyMark | undefined;
  private voice: AbcVoice | undefined;
  /** Voices by their names, in the order in which they appear, and the one that lines belong to. */
  private readonly voices = new Set<string>();
  private current = "";
  /** The first voice with music: the one that is read. */
  private melody: string | undefined;
  /** What voices ask for before one of them has music. */
  private readonly before = new Map<string, (() => void)[]>();

  /** Takes all lines; an empty one after the key ends the tune. */
  read(lines: readonly string[]): void {
    let text = false;
    for (const raw of lines) {
      if (/^%%\s*begin(?:text|ps|svg)/.test(raw)) text = true;
      if (/^%%\s*end(?:text|ps|svg)/.test(raw)) text = false;
      if (text) continue;
      if (raw.startsWith("%%")) this.mark ??= readMark(raw.slice(2).trim());
      const line = withoutComment(raw);
      if (line === "") {
        if (this.voice && raw.trim() === "") return;
        continue;
      }
      if (FIELD.test(line)) this.field(line[0]!, line.slice(2).trim());
      else if (this.voice) this.music(line, this.voice);
    }
  }

  private music(line: string, voice: AbcVoice): void {
    for (const part of line.split(/(?=\[V:)/)) {
      const end = part.startsWith("[V:") ? part.indexOf("]") : -1;
      if (end > 0) this.selectVoice(part.slice(3, end));
      const music = part.slice(end + 1).trim();
      if (music === "") continue;
      if (this.melody === undefined && /[A-Ga-g]/.test(music)) {
        this.melody = this.current;
        for (const step of this.before.get(this.current) ?? []) step();
        this.before.clear();
      }
      this.forVoice(() => readMusic(music, voice, (name, value) => this.field(name, value)));
    }
  }

  /** Does what a line of the current voice asks: at once, once it is known to be the melody, or never. */
  private forVoice(step: () => void): void {
    if (this.melody === this.current) step();
    if (this.melody !== undefined) return;
    const steps = this.before.get(this.current) ?? [];
    if (steps.length === 0) this.before.set(this.current, steps);
    steps.push(step);
  }

  private selectVoice(value: string): void {
    const name = value.trim().split(/\s/, 1)[0]!.slice(0, 40);
    if (this.voices.size < 100) this.voices.add(name);
    // What comes before any V: is the first voice's.
    if (this.current === "") {
      if (this.melody === "") this.melody = name;
      this.before.set(name, this.before.get("") ?? []);
    }
    this.current = name;
  }

  private field(name: string, value: string): void {
    const voice = this.voice;
    if (name === "T") this.title ||= plainText(value);
    if (name === "Q") this.tempo ??= value;
    if (voice) {
      if (name === "V") this.selectVoice(value);
      if (name === "M") this.forVoice(() => voice.setMeter(parseMeter(value)));
      if (name === "K") this.forVoice(() => voice.setKey(parseKey(value, voice.currentKey)));
      if (name === "L" && !/^auto/.test(value)) this.forVoice(() => (voice.unit = parseUnit(value)));
      return;
    }
    // In the header V: only describes a voice.
    if (name === "V" && this.voices.size < 100) this.voices.add(value.split(/\s/, 1)[0]!.slice(0, 40));
    if (name === "M") this.meter = parseMeter(value);
    if (name === "L" && !/^auto/.test(value)) this.unit = parseUnit(value);
    if (name === "K") this.voice = new AbcVoice(parseKey(value), this.meter, this.unit ?? defaultUnit(this.meter));
  }

  /** Returns the title as far as it was read. */
  get name(): string {
    return this.title;
  }

  /** @throws FormatError `abc-no-key`, `no-notes` */
  finish(reference: string, fileName: string): Tune {
    if (!this.voice)
      throw new FormatError("abc-no-key", "The tune has no key (K:), after which its music would start.", {
        hint: "Add a line K:C, or the tune's key, before the notes.",
      });
    const { notes, meters, firstBar, fifths } = this.voice.finish();
    if (notes.length === 0 && !this.mark)
      throw new FormatError("no-notes", "The tune has no notes.", {
        hint: "Take a file whose melody is written in notes, not only in chords, words or drums.",
      });
    const unit = this.unit ?? defaultUnit(this.meter);
    const [first] = this.voices;
    const part = this.melody || first;
    return {
      title: this.title || fileName.replace(/\.[^.]*$/, ""),
      format: "abc",
      part: part === undefined ? "the tune" : `voice ${part}`,
      reference,
      ticksPerQuarter: ABC_TICKS_PER_QUARTER,
      meters,
      fifths,
      tempo: (this.tempo === undefined ? undefined : parseTempo(this.tempo, unit)) ?? DEFAULT_TEMPO,
      firstBar,
      notes,
      ...(this.mark ? { mark: this.mark } : {}),
    };
  }
}
