/**
 * Reads a line of ABC music into a voice.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import type { AbcVoice, WrittenNote } from "./voice.ts";

const NOTE = /(\^\^|\^|=|__|_)?([A-Ga-g])([,']*)(\d*)(\/*)(\d*)(-?)/y;
const LENGTH = /(\d*)(\/*)(\d*)/y;
const TUPLET = /\((\d{1,2})(?::(\d{0,2})(?::(\d{0,2}))?)?(?!\d)/y;
const BAR = /(?:\[\|\]?|\||:(?=[|:]))[|:\]]*(?:\d[\d,.-]*)?/y;
const VOLTA = /\[\d[\d,.-]*/y;
const DECORATION = /!([^!|\s]{0,40})!|\+([^+|\s]{0,40})\+/y;
const BROKEN = />+|<+/y;

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

/** @throws FormatError `abc-length` for a length that no note has */
function lengthOf(whole: string, slashes: string, part: string): number {
  if (whole.length > 4 || part.length > 4 || slashes.length > 8)
    throw new FormatError("abc-length", "A note or rest has a length that no music needs.", {
      hint: "Correct the length: A2, A/2 and A3/2 are twice, half and one and a half.",
    });
  const divisor = part === "" ? 2 ** slashes.length : Number(part);
  if (divisor === 0)
    throw new FormatError("abc-length", "A length is divided by zero.", {
      hint: "Correct the length: A2, A/2 and A3/2 are twice, half and one and a half.",
    });
  return (whole === "" ? 1 : Number(whole)) / (slashes === "" ? 1 : divisor);
}

const written = (match: RegExpExecArray): WrittenNote => {
  const marks = match[3]!;
  const down = marks.split(",").length - 1;
  return {
    accidental: match[1] ?? "",
    letter: match[2]!,
    octaves: marks.length - 2 * down,
    tied: match[7] === "-",
  };
};

/** Returns where a bracket of some kind ends. */
function closing(line: string, at: number, bracket: string, what: string): number {
  const end = line.indexOf(bracket, at + 1);
  // To go on past it would search the rest of the line once for every such bracket.
  if (end < 0)
    throw new FormatError("abc-open", `${what} is not closed on its line.`, {
      hint: "Close it on the line where it opens.",
    });
  return end;
}

/** Reads the chord within brackets and returns where the text goes on. */
function readChord(line: string, at: number, voice: AbcVoice): number {
  const end = closing(line, at, "]", "A chord");
  const inside = line.slice(at + 1, end).replace(/"[^"]*"|![^!]*!/g, "");
  const notes = [...inside.matchAll(new RegExp(NOTE.source, "g"))];
  const outer = matchAt(LENGTH, line, end + 1)!;
  if (notes.length === 0) return end + 1;
  if (notes.length > 32)
    throw new FormatError("abc-chord", "A chord has more than 32 notes.", {
      hint: "Keep the note of the melody alone.",
    });
  const [, , , , whole, slashes, part] = notes[0]!;
  const length = lengthOf(whole!, slashes!, part!) * lengthOf(outer[1]!, outer[2]!, outer[3]!);
  voice.sound(notes.map(written), length);
  return LENGTH.lastIndex;
}

/** Reads what starts with a letter, an accidental or a rest; returns where the text goes on, −1 where none does. */
function readSymbol(line: string, at: number, voice: AbcVoice): number {
  const note = matchAt(NOTE, line, at);
  if (note) {
    voice.sound([written(note)], lengthOf(note[4]!, note[5]!, note[6]!));
    return NOTE.lastIndex;
  }
  const c = line[at]!;
  if (!"zxyZX".includes(c)) return -1;
  const length = matchAt(LENGTH, line, at + 1)!;
  const end = LENGTH.lastIndex;
  if (c === "z" || c === "x") voice.rest(lengthOf(length[1]!, length[2]!, length[3]!));
  if (c === "Z" || c === "X") {
    const bars = length[1] === "" ? 1 : Number(length[1]!.slice(0, 9));
    if (bars > 1000)
      throw new FormatError("abc-length", "A rest of more than 1,000 bars is no part of a melody.", {
        hint: "Correct the length: A2, A/2 and A3/2 are twice, half and one and a half.",
      });
    voice.restBars(bars);
  }
  return end;
}

/**
 * Reads a line of music: notes, the highest of chords, rests, bars in the order written. What does not change the
 * melody (chord names, decorations, slurs, grace notes) is passed over.
 * @param inlineField takes fields such as [K:G]
 * @throws FormatError `abc-…` for what cannot be read, `pitch`, `too-long`
 */
export function readMusic(line: string, voice: AbcVoice, inlineField: (name: string, value: string) => void): void {
  let overlay = false;
  let at = 0;
  while (at < line.length) {
    const c = line[at]!;
    const bar = matchAt(BAR, line, at);
    if (bar) {
      voice.endBar();
      overlay = false;
      at = BAR.lastIndex;
    } else if (c === '"') {
      const end = line.indexOf('"', at + 1);
      at = end < 0 ? line.length : end + 1;
    } else if (c === "{") at = closing(line, at, "}", "A group of grace notes") + 1;
    else if (c === "[") {
      if (matchAt(VOLTA, line, at)) at = VOLTA.lastIndex;
      else if (line[at + 2] === ":" && /[A-Za-z]/.test(line[at + 1]!)) {
        const end = closing(line, at, "]", "A field");
        inlineField(line[at + 1]!, line.slice(at + 3, end).trim());
        at = end + 1;
      } else at = overlay ? closing(line, at, "]", "A chord") + 1 : readChord(line, at, voice);
    } else if (matchAt(DECORATION, line, at)) at = DECORATION.lastIndex;
    // A second line within the bar: the first one is the melody.
    else if (c === "&" || overlay) {
      overlay = true;
      at++;
    } else if (c === "(") {
      const tuplet = matchAt(TUPLET, line, at);
      at = tuplet ? TUPLET.lastIndex : at + 1;
      if (tuplet && Number(tuplet[1]) > 1)
        voice.startTuplet(Number(tuplet[1]), Number(tuplet[2]) || undefined, Number(tuplet[3]) || undefined);
    } else if (c === "<" || c === ">") {
      const broken = matchAt(BROKEN, line, at)!;
      voice.breakRhythm(c === ">", broken[0].length);
      at = BROKEN.lastIndex;
    } else if (c === "-") {
      voice.tieLast();
      at++;
    } else {
      const end = readSymbol(line, at, voice);
      at = end < 0 ? at + 1 : end;
    }
  }
}
