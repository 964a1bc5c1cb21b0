/**
 * Notes, lengths and positions in words, for labels and for screen readers.
 *
 * @module
 */
import { tonicOf, tonics } from "../piece/keys.ts";
import { type Note, type Notes, openPitch } from "../piece/notes.ts";
import { isLocked, type Place, type Side } from "../piece/piece.ts";

const LETTERS = "CDEFGAB";
const NATURALS = [0, 2, 4, 5, 7, 9, 11] as const;
/** The degree, 0 to 6, that each semitone above the tonic is spelt as: ♭2, ♭3, ♯4, ♭6 and ♭7 between those of major. */
const DEGREES = [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6] as const;
/** How a pitch is spelt where the degree would take a double accidental. */
const PLAIN = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"] as const;

const wrap = (value: number): number => ((value % 12) + 12) % 12;

const accidental = (sign: string): number => (sign === "♯" ? 1 : sign === "♭" ? -1 : 0);

/** The name of a pitch as it sounds, spelt in the key of its place: G5, F♯4. */
export function noteName(pitchInC: number, place: Place): string {
  const sounding = pitchInC + place.keyShift + place.octaveShift;
  const tonic = tonicOf(place);
  const letter = (LETTERS.indexOf(tonics[tonic]![0]!) + DEGREES[wrap(sounding - tonic)]!) % 7;
  const off = wrap(sounding - NATURALS[letter]! + 6) - 6;
  const name =
    Math.abs(off) < 2 ? LETTERS[letter]! + (off === 1 ? "♯" : off === -1 ? "♭" : "") : PLAIN[wrap(sounding)]!;
  // The number goes with the letter: B♯4 is the same key as C5.
  return `${name}${Math.floor((sounding - accidental(name.slice(1))) / 12) - 1}`;
}

/** The name of a pitch with its accidental spoken, since readers skip the signs: "F sharp 4". */
export const spokenName = (pitchInC: number, place: Place): string =>
  noteName(pitchInC, place).replace("♯", " sharp ").replace("♭", " flat ");

const COUNTS = [
  "no",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];

const count = (n: number): string => COUNTS[n] ?? String(n);

const UNITS = [
  [16, "a whole bar", "bars"],
  [8, "a half", "halves"],
  [4, "a quarter", "quarters"],
  [2, "an eighth", "eighths"],
  [1, "a sixteenth", "sixteenths"],
] as const;

/** A length of sixteenths in words: "a quarter", "three sixteenths". */
export function lengthWords(sixteenths: number): string {
  const [unit, one, many] = UNITS.find(([size]) => sixteenths % size === 0)!;
  return sixteenths === unit ? one : `${count(sixteenths / unit)} ${many}`;
}

const FRACTIONS = ["", " and a quarter", " and a half", " and three quarters"] as const;

/** A step in words: "bar 2, beat 3 and a half". */
export const positionWords = (step: number): string =>
  `bar ${Math.floor(step / 16) + 1}, beat ${Math.floor((step % 16) / 4) + 1}${FRACTIONS[step % 4]}`;

/** A number of notes in words: "a note", "3 notes". */
export const notesWords = (n: number): string => (n === 0 ? "no notes" : n === 1 ? "a note" : `${n} notes`);

/** Bits in words: "1 bit", "6.5 bits"; tenths below ten, whole above. */
export function bitsWords(bits: number): string {
  const shown = bits < 9.95 ? Math.round(bits * 10) / 10 : Math.round(bits);
  return `${shown} ${shown === 1 ? "bit" : "bits"}`;
}

/** The mark of notes outside the range of the grid, as scores have it: 8va above, 8vb below, 15ma and 15mb for two. */
export function octaveMark(fold: number): string {
  if (fold === 0) return "";
  const octaves = Math.abs(fold);
  const number = octaves * 7 + 1;
  const end = octaves === 1 ? ["va", "vb"] : octaves === 2 ? ["ma", "mb"] : ["va", "vb"];
  return `${number}${fold > 0 ? end[0] : end[1]}`;
}

/** The starts of the notes that surprise most, at most three. */
export const mostSurprising = (surprise: ReadonlyMap<number, number>): ReadonlySet<number> =>
  new Set(
    [...surprise]
      .sort((x, y) => y[1] - x[1] || x[0] - y[0])
      .slice(0, 3)
      .map(([start]) => start),
  );

/** What is told about a note besides its place: all that the picture shows of it. */
export interface NoteContext {
  readonly side: Side;
  readonly selection?: ReadonlySet<number> | undefined;
  readonly surprise?: ReadonlyMap<number, number> | undefined;
}

/** A note in words: "G5, bar 1, beat 3, an eighth, locked". */
export function noteWords(note: Note, { side, selection, surprise }: NoteContext): string {
  const bits = surprise?.get(note.start);
  const parts = [spokenName(openPitch(note), side.place), positionWords(note.start), lengthWords(note.length)];
  if (selection?.has(note.start)) parts.push("selected");
  if (isLocked(side, note)) parts.push("locked");
  if (surprise && bits !== undefined)
    parts.push(mostSurprising(surprise).has(note.start) ? `surprising: ${bitsWords(bits)}` : bitsWords(bits));
  return parts.join(", ");
}

/** Several notes in words: one by its name, more by their number. */
export const namesWords = (notes: Notes, place: Place): string =>
  notes.length === 1 ? spokenName(openPitch(notes[0]!), place) : notesWords(notes.length);
