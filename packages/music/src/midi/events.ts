/**
 * The events of a Standard MIDI File that a melody needs: notes, meters, tempos, names, texts.
 *
 * @module
 */
import { FormatError } from "@normflow/core";

/** A key pressed for a time, in ticks. */
export interface KeyPress {
  readonly pitch: number;
  readonly channel: number;
  readonly start: number;
  readonly end: number;
}

/** One track chunk. */
export interface MidiTrack {
  readonly name: string;
  readonly texts: readonly string[];
  readonly presses: readonly KeyPress[];
  readonly end: number;
}

/** A file: its tracks, and the meters and tempos of all of them. */
export interface MidiFile {
  readonly ticksPerQuarter: number;
  readonly tracks: readonly MidiTrack[];
  readonly meters: readonly { readonly tick: number; readonly numerator: number; readonly denominator: number }[];
  /** Microseconds a quarter note. */
  readonly tempos: readonly { readonly tick: number; readonly micros: number }[];
}

/** No melody comes near either; hostile files stop here. */
const MOST_BYTES = 16 * 2 ** 20;
const MOST_NOTES = 200_000;

const truncated = (where: string): FormatError =>
  new FormatError("midi-truncated", `The MIDI file ends within ${where}: it is cut off or damaged.`, {
    hint: "Export the file again from the program that wrote it, or download it again.",
  });

/** Reads on from a position and never past an end, which may lie before that of the file. */
class Cursor {
  at: number;
  readonly end: number;
  private readonly bytes: Uint8Array;
  private readonly where: string;

  constructor(bytes: Uint8Array, at: number, end: number, where: string) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.where = where;
  }

  byte(): number {
    if (this.at >= this.end) throw truncated(this.where);
    return this.bytes[this.at++]!;
  }

  data(): number {
    const value = this.byte();
    if (value > 127)
      throw new FormatError("midi-event", `A MIDI event of ${this.where} has a data byte above 127.`, {
        hint: "Export the file again from the program that wrote it, or download it again.",
      });
    return value;
  }

  /** Big-endian. */
  number(size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.byte();
    return value;
  }

  /** Seven bits a byte, four bytes at most. */
  variable(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.byte();
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
    throw new FormatError("midi-event", `A length or time of ${this.where} takes more than four bytes.`, {
      hint: "Export the file again from the program that wrote it, or download it again.",
    });
  }

  slice(size: number): Uint8Array {
    if (size > this.end - this.at) throw truncated(this.where);
    return this.bytes.subarray(this.at, (this.at += size));
  }
}

/** Most files are ASCII; where one is not UTF-8, each byte is a letter of Latin-1. */
export function midiText(bytes: Uint8Array): string {
  const head = bytes.subarray(0, 4096);
  let text = "";
  for (const byte of head) text += String.fromCharCode(byte);
  try {
    return decodeURIComponent(
      text.replace(/[%\x80-\xff]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`),
    );
  } catch {
    return text;
  }
}

interface Gathered {
  readonly meters: MidiFile["meters"][number][];
  readonly tempos: MidiFile["tempos"][number][];
  notes: number;
}

/** Data bytes of channel messages 8x to Ex. */
const DATA_BYTES = [2, 2, 2, 2, 1, 1, 2];

function readTrack(cursor: Cursor, gathered: Gathered): MidiTrack {
  const presses: KeyPress[] = [];
  const texts: string[] = [];
  const sounding = new Map<number, number>();
  let name = "";
  let tick = 0;
  let status = 0;

  const release = (key: number): void => {
    const start = sounding.get(key);
    if (start === undefined) return;
    sounding.delete(key);
    if (++gathered.notes > MOST_NOTES)
      throw new FormatError("midi-size", `The MIDI file has more than ${MOST_NOTES} notes: not one melody.`, {
        hint: "Cut out the melody in the program that wrote it.",
      });
    presses.push({ pitch: key & 127, channel: key >> 7, start, end: tick });
  };

  const meta = (): boolean => {
    const type = cursor.byte();
    const bytes = cursor.slice(cursor.variable());
    if (type === 0x01) texts.push(midiText(bytes));
    else if (type === 0x03 && name === "") name = midiText(bytes).trim();
    else if (type === 0x51 && bytes.length >= 3) {
      const micros = bytes[0]! * 65536 + bytes[1]! * 256 + bytes[2]!;
      if (micros > 0) gathered.tempos.push({ tick, micros });
    } else if (type === 0x58 && bytes.length >= 2)
      gathered.meters.push({ tick, numerator: bytes[0]!, denominator: 2 ** bytes[1]! });
    return type === 0x2f;
  };

  while (cursor.at < cursor.end) {
    tick += cursor.variable();
    const first = cursor.byte();
    if (first === 0xff) {
      if (meta()) break;
      continue;
    }
    if (first === 0xf0 || first === 0xf7) {
      cursor.slice(cursor.variable());
      status = 0;
      continue;
    }
    if (first >= 0xf0)
      throw new FormatError("midi-event", `A MIDI file holds no events of kind ${first}.`, {
        hint: "Export the file again from the program that wrote it, or download it again.",
      });
    if (first >= 0x80) status = first;
    else if (status === 0)
      throw new FormatError("midi-event", "A MIDI event repeats a status that was never given.", {
        hint: "Export the file again from the program that wrote it, or download it again.",
      });
    else cursor.at--;
    const kind = status >> 4;
    const a = cursor.data();
    const b = DATA_BYTES[kind - 8] === 2 ? cursor.data() : 0;
    if (kind !== 8 && kind !== 9) continue;
    const key = ((status & 15) << 7) | a;
    release(key);
    if (kind === 9 && b > 0) sounding.set(key, tick);
  }
  for (const key of [...sounding.keys()]) release(key);
  return { name, texts, presses, end: tick };
}

/**
 * Reads a Standard MIDI File of type 0 or 1.
 * @throws FormatError `midi` for other bytes, `midi-type`, `midi-smpte`, `midi-truncated`, `midi-event`, `midi-size`
 */
export function readEvents(bytes: Uint8Array): MidiFile {
  if (bytes.length === 0)
    throw new FormatError("empty", "The file is empty.", { hint: "Take another file: there is nothing in this one." });
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "MThd")
    throw new FormatError("midi", "This is not a MIDI file: it does not start with MThd.", {
      hint: "Export the file again from the program that wrote it, or download it again.",
    });
  if (bytes.length > MOST_BYTES)
    throw new FormatError("midi-size", `A MIDI file of ${(bytes.length / 2 ** 20).toFixed(0)} MiB is not one melody.`, {
      hint: "Cut out the melody in the program that wrote it.",
    });
  const head = new Cursor(bytes, 4, bytes.length, "its header");
  const headSize = head.number(4);
  if (headSize < 6)
    throw new FormatError("midi", `The header of this MIDI file is ${headSize} bytes long, not 6.`, {
      hint: "Export the file again from the program that wrote it, or download it again.",
    });
  const type = head.number(2);
  const trackCount = head.number(2);
  const division = head.number(2);
  if (type > 1)
    throw new FormatError(
      "midi-type",
      `The MIDI file is of type ${type}: only types 0 and 1 hold one piece of music.`,
      { hint: "Export it as type 0 or 1." },
    );
  if (division >= 0x8000)
    throw new FormatError("midi-smpte", "The MIDI file counts time in film frames (SMPTE), not in quarter notes.", {
      hint: "Export it with a tempo in beats.",
    });
  if (division === 0)
    throw new FormatError("midi", "The MIDI file has no ticks in a quarter note.", {
      hint: "Export the file again from the program that wrote it, or download it again.",
    });
  head.slice(headSize - 6);

  const gathered: Gathered = { meters: [], tempos: [], notes: 0 };
  const tracks: MidiTrack[] = [];
  while (tracks.length < trackCount) {
    if (head.at === bytes.length)
      throw new FormatError(
        "midi-truncated",
        `The MIDI file announces ${trackCount} tracks and ends after ${tracks.length}.`,
        { hint: "Export the file again from the program that wrote it, or download it again." },
      );
    const where = `track ${tracks.length + 1}`;
    const chunk = new Cursor(bytes, head.at, bytes.length, where);
    const kind = midiText(chunk.slice(4));
    const size = chunk.number(4);
    if (size > bytes.length - chunk.at) throw truncated(where);
    if (!/^[ -~]{4}$/.test(kind))
      throw new FormatError("midi", `The MIDI file is damaged before ${where}.`, {
        hint: "Export the file again from the program that wrote it, or download it again.",
      });
    if (kind === "MTrk") tracks.push(readTrack(new Cursor(bytes, chunk.at, chunk.at + size, where), gathered));
    head.at = chunk.at + size;
  }
  const byTick = (a: { tick: number }, b: { tick: number }): number => a.tick - b.tick;
  return {
    ticksPerQuarter: division,
    tracks,
    meters: gathered.meters.sort(byTick),
    tempos: gathered.tempos.sort(byTick),
  };
}
