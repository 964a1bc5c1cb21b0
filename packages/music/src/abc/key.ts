/**
 * Key signatures of ABC: what they do to the notes, and how many sharps they have.
 *
 * @module
 */
import { FormatError } from "@normflow/core";

/** What K: says. */
export interface AbcKey {
  /** Sharps, or −flats; undefined for K:none and for signatures that no major scale has. */
  readonly fifths: number | undefined;
  /** Semitones by upper-case letter. */
  readonly accidentals: ReadonlyMap<string, number>;
  /** Octaves that the clef moves every note by. */
  readonly octave: number;
}

/** The letters in the order in which signatures sharpen them. */
const LETTERS = "FCGDAEB";

const MODES: Readonly<Record<string, number>> = {
  "": 0,
  maj: 0,
  ion: 0,
  m: -3,
  min: -3,
  aeo: -3,
  dor: -2,
  phr: -4,
  lyd: 1,
  mix: -1,
  loc: -5,
};

const SEMITONES: Readonly<Record<string, number>> = { "^": 1, "^^": 2, "=": 0, _: -1, __: -2 };

/** Returns the semitones that an accidental of ABC stands for. */
export const semitones = (accidental: string): number => SEMITONES[accidental] ?? 0;

/** Returns the semitones by letter of a signature of so many sharps; beyond seven there are double ones. */
export const signature = (fifths: number): Map<string, number> =>
  new Map(Array.from(LETTERS, (letter, i) => [letter, Math.floor((fifths - i + 6) / 7)]));

function fifthsOf(accidentals: ReadonlyMap<string, number>): number | undefined {
  for (let fifths = -7; fifths <= 7; fifths++)
    if ([...signature(fifths)].every(([letter, by]) => accidentals.get(letter) === by)) return fifths;
  return undefined;
}

function octaveOf(text: string): number {
  const marked = /(?:treble|alto|tenor|bass|clef=\S*?)[1-5]?([+-])8/i.exec(text);
  const named = /octave=(-?\d)\b/.exec(text);
  return (marked ? (marked[1] === "+" ? 1 : -1) : 0) + (named ? Number(named[1]) : 0);
}

/**
 * Reads the value of a K: field.
 * @param before the key so far, which a field that only names a clef keeps
 * @throws FormatError `abc-key`
 */
export function parseKey(value: string, before?: AbcKey): AbcKey {
  const text = value.slice(0, 1000);
  const octave = octaveOf(text);
  const words = text.replace(/(?:clef|middle|transpose|octave|stafflines|style|staff|name|nm|m|t)=\S*/gi, " ").trim();
  if (/^(?:none\b|$)/i.test(words) || /^(?:treble|alto|tenor|bass|perc)/.test(words)) {
    const unnamed = { fifths: words === "" ? 0 : undefined, accidentals: signature(0), octave };
    return before && !/^none/i.test(words) ? { ...before, octave } : unnamed;
  }
  // Highland pipes: F and C are sharp, written or not.
  if (/^H[Pp]/.test(words)) return { fifths: 2, accidentals: signature(2), octave };
  const match = /^([A-G])([#b♯♭]?)\s*([A-Za-z]*)(.*)$/s.exec(words);
  const mode = (match?.[3] ?? "").toLowerCase();
  const explicit = mode === "exp";
  // What follows the tonic may be a clef, which has no say in the mode.
  const shift = explicit ? 0 : MODES[mode.length === 1 ? mode : mode.slice(0, 3)];
  const clef = /^(?:treble|alto|tenor|bass|perc)/.test(mode);
  if (!match || (shift === undefined && !clef))
    throw new FormatError("abc-key", `“${text.slice(0, 40)}” is no key that K: can name.`, {
      hint: "Write it as K:G or K:Ador.",
    });
  const raised = match[2] === "" ? 0 : /[#♯]/.test(match[2]!) ? 7 : -7;
  const fifths = LETTERS.indexOf(match[1]!) - 1 + raised + (shift ?? 0);
  const accidentals = signature(explicit ? 0 : fifths);
  const changes = [...match[4]!.matchAll(/(\^\^|\^|=|__|_)\s*([A-Ga-g])/g)];
  for (const [, accidental, letter] of changes) accidentals.set(letter!.toUpperCase(), semitones(accidental!));
  return { fifths: changes.length > 0 || explicit ? fifthsOf(accidentals) : fifths, accidentals, octave };
}
