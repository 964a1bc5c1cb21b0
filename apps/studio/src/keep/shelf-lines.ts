/**
 * The shelf as lines of text, each of which proves itself whole.
 *
 * @module
 */
import type { Notes } from "../piece/notes.ts";
import { voiceNames } from "../piece/piece.ts";
import { DigitReader, DigitWriter } from "./digits.ts";
import { toBytes, toText } from "./envelope.ts";
import { readMelody, writeMelody } from "./melody-code.ts";
import { checkedLine, lineRecord, lineText } from "./records.ts";
import { melodyId, type Shelf, type ShelfItem } from "./shelf.ts";

function melodyText(notes: Notes): string {
  const digits = new DigitWriter();
  writeMelody(digits, notes);
  return toText(digits.bytes());
}

function readNotes(text: string): Notes {
  const digits = new DigitReader(toBytes(text) ?? new Uint8Array());
  const notes = readMelody(digits);
  digits.end();
  return notes;
}

const lines = new WeakMap<ShelfItem, string>();

/** Returns the line of an item. */
export function itemLine(item: ShelfItem): string {
  let line = lines.get(item);
  if (line === undefined) {
    const { notes, id: _, ...rest } = item;
    line = checkedLine(JSON.stringify({ ...rest, melody: melodyText(notes) }));
    lines.set(item, line);
  }
  return line;
}

/** What lines hold. */
export interface ReadShelf {
  readonly shelf: Shelf;
  /** Lines that are whole and that this version does not understand, to be written back. */
  readonly foreign: readonly string[];
  readonly damaged: number;
}

const short = (value: unknown, most: number): string => (typeof value === "string" ? value.slice(0, most) : "");

function readItem(line: string): ShelfItem | undefined {
  const found = lineRecord(line);
  if (typeof found?.["melody"] !== "string") return undefined;
  const { title, how, bits, at, favourite, voice, place } = found;
  const { keyShift, octaveShift } = (place ?? {}) as Readonly<Record<string, unknown>>;
  if (!Number.isInteger(keyShift) || !Number.isInteger(octaveShift)) return undefined;
  try {
    const notes = readNotes(found["melody"]);
    const at_ = { keyShift: keyShift as number, octaveShift: octaveShift as number };
    return {
      id: melodyId(notes, at_),
      title: short(title, 500),
      notes,
      place: at_,
      voice: voiceNames.find((name) => name === voice) ?? "keys",
      how: short(how, 500),
      ...(typeof bits === "number" ? { bits } : {}),
      at: typeof at === "number" ? at : 0,
      favourite: favourite === true,
    };
  } catch {
    return undefined;
  }
}

/** Reads lines; those that cannot be read do not harm the others. */
export function readShelf(text: string): ReadShelf {
  const items = new Map<string, ShelfItem>();
  const foreign: string[] = [];
  let damaged = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const item = readItem(line);
    if (item) items.set(item.id, items.get(item.id) ?? item);
    else if (lineText(line) !== undefined) foreign.push(line);
    else damaged++;
  }
  return { shelf: [...items.values()], foreign, damaged };
}
