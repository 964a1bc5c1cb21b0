/**
 * Writes a melody as an ABC tune that other programs play and from which the same melody is read back.
 *
 * @module
 */
import type { GridNote } from "../grid/grid.ts";
import { GRID_STEPS } from "../grid/grid.ts";
import { writeMark } from "../midi/mark.ts";
import { type Melody, placeMelody } from "../tune/melody.ts";
import { signature } from "./key.ts";

const BAR = 16;
/** By sharps from −5 to 6. */
const KEYS = ["Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#"];
const NATURALS: readonly (readonly [letter: string, semitones: number])[] = [
  ["C", 0],
  ["D", 2],
  ["E", 4],
  ["F", 5],
  ["G", 7],
  ["A", 9],
  ["B", 11],
];
const ACCIDENTALS: Readonly<Record<number, string>> = { 1: "^", 0: "=", [-1]: "_" };
/** Lengths that one note head, dotted or not, can have. */
const HEADS = [16, 12, 8, 6, 4, 3, 2, 1];

/** Spells notes of one key; an accidental holds to the end of its bar. */
class Speller {
  private readonly key: ReadonlyMap<string, number>;
  private readonly sharps: boolean;
  private readonly inBar = new Map<string, number>();

  constructor(fifths: number) {
    this.key = signature(fifths);
    this.sharps = fifths >= 0;
  }

  startBar(): void {
    this.inBar.clear();
  }

  spell(pitch: number): string {
    const within = (by: (letter: string) => number) =>
      NATURALS.find(([letter, semitones]) => (pitch - semitones - by(letter)) % 12 === 0);
    const [letter, semitones] =
      within((l) => this.key.get(l)!) ?? within(() => 0) ?? within(() => (this.sharps ? 1 : -1))!;
    const inKey = this.key.get(letter)!;
    const alter =
      (pitch - semitones - inKey) % 12 === 0 ? inKey : (pitch - semitones) % 12 === 0 ? 0 : this.sharps ? 1 : -1;
    const octave = (pitch - semitones - alter) / 12 - 5;
    const place = `${letter}${octave}`;
    const held = this.inBar.get(place) ?? inKey;
    this.inBar.set(place, alter);
    const marks = octave >= 1 ? "'".repeat(octave - 1) : ",".repeat(-octave);
    return `${held === alter ? "" : ACCIDENTALS[alter]}${octave >= 1 ? letter.toLowerCase() : letter}${marks}`;
  }
}

/** Cuts a length into note heads that do not cross a bar line. */
function heads(start: number, length: number): { readonly start: number; readonly length: number }[] {
  const pieces = [];
  for (let at = start; at < start + length; ) {
    const room = Math.min(start + length, (Math.floor(at / BAR) + 1) * BAR) - at;
    const head = HEADS.find((size) => size <= room)!;
    pieces.push({ start: at, length: head });
    at += head;
  }
  return pieces;
}

interface Piece {
  readonly start: number;
  readonly length: number;
  readonly pitch: number | undefined;
  readonly tied: boolean;
}

function pieces(notes: readonly GridNote[]): Piece[] {
  const result: Piece[] = [];
  const add = (start: number, length: number, pitch: number | undefined): void => {
    heads(start, length).forEach(
      (head, i, all) => void result.push({ ...head, pitch, tied: pitch !== undefined && i < all.length - 1 }),
    );
  };
  let at = 0;
  for (const [pitch, start, length] of notes) {
    add(at, start - at, undefined);
    add(start, length, pitch);
    at = start + length;
  }
  add(at, GRID_STEPS - at, undefined);
  return result;
}

function music(notes: readonly GridNote[], fifths: number): string {
  const speller = new Speller(fifths);
  let text = "";
  for (const { start, length, pitch, tied } of pieces(notes)) {
    if (start % BAR === 0) speller.startBar();
    if (start > 0) text += start % BAR === 0 ? " | " : start % 4 === 0 ? " " : "";
    const size = length === 1 ? "" : length;
    text += pitch === undefined ? `z${size}` : `${speller.spell(pitch)}${size}${tied ? "-" : ""}`;
  }
  return `${text} |]`;
}

/** One line of plain text that no reader takes for markup. */
const fieldText = (text: string): string =>
  text
    .slice(0, 1000)
    .replace(/[\p{Cc}\u2028\u2029\ud800-\udfff]+/gu, " ")
    .trim()
    .replace(/[%\\&]/g, "\\$&");

/**
 * Writes a melody as an ABC tune: its title, tempo, key and two bars of 4/4.
 * @param reference the number of the tune in its file (X:)
 * @throws FormatError `notes`, OptionError when the melody cannot be placed, see {@link placeMelody}
 */
export function writeAbc(melody: Melody, reference = 1): string {
  const { notes, tempo, title, fifths, mark } = placeMelody(melody);
  return [
    `X:${reference}`,
    `T:${fieldText(title)}`,
    "M:4/4",
    "L:1/16",
    `Q:1/4=${Number(tempo.toFixed(3))}`,
    `%%${writeMark(mark)}`,
    `K:${KEYS[fifths + 5]}`,
    music(notes, fifths),
    "",
  ].join("\n");
}
