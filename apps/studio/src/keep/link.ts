/**
 * A piece as the text of a link: everything on the screen, short enough for a message, the same text for the same piece.
 *
 * @module
 */
import { FormatError, OptionError } from "@normflow/core";
import { GRID_STEPS } from "@normflow/music";
import type { Notes } from "../piece/notes.ts";
import {
  flat,
  lockSteps,
  type PathPreset,
  type Piece,
  type Place,
  type Shape,
  type Side,
  sideNames,
  type VoiceName,
} from "../piece/piece.ts";
import type { ScaleName } from "../piece/scale.ts";
import { DigitReader, DigitWriter } from "./digits.ts";
import { seal, unseal } from "./envelope.ts";
import { FOLD_MOST, readMelody, writeMelody } from "./melody-code.ts";
import { same } from "./same.ts";
import { cutBytes, titleText } from "./title.ts";

/**
 * The version that is written. What is below may gain names in the code tables; anything else takes a new version, and
 * the reader of each old one stays. What a later studio of this version adds may follow the digits: readers skip it.
 */
const VERSION = 1;

/** Bytes of UTF-8 that a title may take. */
export const TITLE_BYTES = 40;

// Codes are for ever: names may be added and reordered elsewhere, never renumbered here.
const voices = { keys: 0, whistle: 1, fiddle: 2 } as const satisfies Readonly<Record<VoiceName, number>>;
const presets = { musical: 0, smooth: 1 } as const satisfies Readonly<Record<PathPreset, number>>;
const scaleCodes = {
  chromatic: 0,
  major: 1,
  pentatonic: 2,
  mixolydian: 3,
  dorian: 4,
  minor: 5,
  harmonic: 6,
  blues: 7,
} as const satisfies Readonly<Record<ScaleName, number>>;

/** Numbers that the tables have room for. */
const ROOM = { voice: 16, preset: 8, scale: 64 } as const;
const OCTAVES = 10;
const KEYS = 11;

// The ranges of version 1, which those of the dials may leave one day, but links of this version cannot.
const POINTS = { least: 3, most: 17 } as const;
const TENTHS = { least: 400, most: 2400 } as const;
const WARMTH = { least: 10, most: 200 } as const;
const HALF_SEED = 2 ** 16;

const NEWER_PARTS = "This link comes from a newer studio; what this one does not know is left out.";

/** Rounds to hundredths: shapes, temperatures and similarities of a piece are multiples of 1/100. */
export const toHundredth = (value: number): number => Math.round(value * 100) / 100 + 0;

/** Rounds to tenths: tempos of a piece are multiples of 1/10. */
export const toTenth = (value: number): number => Math.round(value * 10) / 10 + 0;

/** What is no number becomes the least. */
const within = (value: number, least: number, most: number): number =>
  Number.isNaN(value) ? least : Math.min(most, Math.max(least, value)) + 0;

const linkableNotes = (notes: Notes): Notes =>
  [...notes]
    .sort((a, b) => a.start - b.start)
    .map(({ pitch, start, length, fold }) => ({ pitch, start, length, fold: within(fold, -FOLD_MOST, FOLD_MOST) }));

const linkableSide = ({ title, notes, origin, shape, place, voice, locked }: Side): Side => ({
  title: cutBytes(title, TITLE_BYTES),
  notes: linkableNotes(notes),
  origin: linkableNotes(origin),
  shape: {
    register: within(toHundredth(shape.register), -1, 1),
    density: within(toHundredth(shape.density), -1, 1),
    leaps: within(toHundredth(shape.leaps), -1, 1),
  },
  place: {
    keyShift: within(place.keyShift, -KEYS, KEYS),
    octaveShift: 12 * within(Math.round(place.octaveShift / 12), -OCTAVES, OCTAVES),
  },
  voice,
  locked: lockSteps(locked),
});

/**
 * Returns a piece as links hold it: numbers to their hundredths, tempo to its tenths, titles cut to 40 bytes. A piece
 * that went through this survives links and reloads exactly.
 */
export const linkable = (piece: Piece): Piece => ({
  a: linkableSide(piece.a),
  b: linkableSide(piece.b),
  tempo: within(toTenth(piece.tempo), TENTHS.least / 10, TENTHS.most / 10),
  scale: piece.scale,
  path: { points: within(Math.round(piece.path.points), POINTS.least, POINTS.most), preset: piece.path.preset },
  seed: within(Math.trunc(piece.seed), 0, HALF_SEED ** 2 - 1),
  temperature: within(toHundredth(piece.temperature), WARMTH.least / 100, WARMTH.most / 100),
  similarity: within(toHundredth(piece.similarity), 0, 1),
});

const hundredths = (value: number): number => Math.round(value * 100);

const shapeNames = ["register", "density", "leaps"] as const satisfies readonly (keyof Shape)[];

function writeSide(digits: DigitWriter, side: Side): void {
  const title = new TextEncoder().encode(side.title);
  digits.put(title.length, TITLE_BYTES + 1);
  for (const byte of title) digits.put(byte, 256);
  writeMelody(digits, side.notes);
  const differs = !same(side.origin, side.notes);
  digits.put(Number(differs), 2);
  if (differs) writeMelody(digits, side.origin);
  const shaped = shapeNames.some((name) => side.shape[name] !== 0);
  digits.put(Number(shaped), 2);
  if (shaped) for (const name of shapeNames) digits.put(hundredths(side.shape[name]) + 100, 201);
  digits.put(side.place.keyShift + KEYS, 2 * KEYS + 1);
  digits.put(side.place.octaveShift / 12 + OCTAVES, 2 * OCTAVES + 1);
  digits.put(voices[side.voice], ROOM.voice);
  digits.put(Number(side.locked.length > 0), 2);
  if (side.locked.length > 0)
    for (let step = 0; step < GRID_STEPS; step++) digits.put(Number(side.locked.includes(step)), 2);
}

/**
 * Writes a piece, as {@link linkable} leaves it, as letters, digits, - and _.
 * @throws {FormatError} `notes` where notes overlap or leave the grid
 */
export function encodePiece(piece: Piece): string {
  const exact = linkable(piece);
  const digits = new DigitWriter();
  for (const name of sideNames) writeSide(digits, exact[name]);
  digits.put(Math.round(exact.tempo * 10) - TENTHS.least, TENTHS.most - TENTHS.least + 1);
  digits.put(scaleCodes[exact.scale], ROOM.scale);
  digits.put(exact.path.points - POINTS.least, POINTS.most - POINTS.least + 1);
  digits.put(presets[exact.path.preset], ROOM.preset);
  digits.put(exact.seed % HALF_SEED, HALF_SEED);
  digits.put(Math.floor(exact.seed / HALF_SEED), HALF_SEED);
  digits.put(hundredths(exact.temperature) - WARMTH.least, WARMTH.most - WARMTH.least + 1);
  digits.put(hundredths(exact.similarity), 101);
  const bytes = digits.bytes();
  return seal(VERSION, Uint8Array.of(bytes.length >> 8, bytes.length & 255, ...bytes));
}

/** A piece from a link, and a sentence where not all of it could be taken over. */
export interface LinkedPiece {
  readonly piece: Piece;
  readonly warning?: string;
}

/** The names of codes; one that a later studio added is a thing that this one does without. */
class Names {
  unknown = false;

  of<Name extends string>(table: Readonly<Record<Name, number>>, code: number, instead: Name): Name {
    const found = (Object.keys(table) as Name[]).find((name) => table[name] === code);
    this.unknown ||= found === undefined;
    return found ?? instead;
  }
}

function readTitle(digits: DigitReader): string {
  const bytes = Uint8Array.from({ length: digits.take(TITLE_BYTES + 1) }, () => digits.take(256));
  // Whoever made the link, the title is one line of plain text.
  return titleText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
}

function readSide(digits: DigitReader, names: Names): Side {
  const title = readTitle(digits);
  const notes = readMelody(digits);
  const origin = digits.take(2) === 1 ? readMelody(digits) : notes;
  const hundredth = (): number => (digits.take(201) - 100) / 100;
  const shape: Shape =
    digits.take(2) === 1 ? { register: hundredth(), density: hundredth(), leaps: hundredth() } : flat;
  const place: Place = {
    keyShift: digits.take(2 * KEYS + 1) - KEYS,
    octaveShift: 12 * (digits.take(2 * OCTAVES + 1) - OCTAVES),
  };
  const voice = names.of(voices, digits.take(ROOM.voice), "keys");
  const locked =
    digits.take(2) === 1
      ? Array.from({ length: GRID_STEPS }, (_, step) => step).filter(() => digits.take(2) === 1)
      : [];
  return { title, notes, origin, shape, place, voice, locked };
}

function readPiece(digits: DigitReader, names: Names): Piece {
  return {
    a: readSide(digits, names),
    b: readSide(digits, names),
    tempo: (digits.take(TENTHS.most - TENTHS.least + 1) + TENTHS.least) / 10,
    scale: names.of(scaleCodes, digits.take(ROOM.scale), "chromatic"),
    path: {
      points: digits.take(POINTS.most - POINTS.least + 1) + POINTS.least,
      preset: names.of(presets, digits.take(ROOM.preset), "musical"),
    },
    seed: digits.take(HALF_SEED) + HALF_SEED * digits.take(HALF_SEED),
    temperature: (digits.take(WARMTH.most - WARMTH.least + 1) + WARMTH.least) / 100,
    similarity: digits.take(101) / 100,
  };
}

/**
 * Reads the piece of a link, with or without the # before it.
 * @throws {FormatError} `link-rubbish` for what is no link of the studio, `link-damaged` for one that was cut off or
 *   changed, `link-newer` for one of a newer studio
 */
export function decodePiece(text: string): LinkedPiece {
  const { content } = unseal(text.trim().replace(/^#/, ""), VERSION);
  const size = (content[0]! << 8) | (content[1] ?? 0);
  const names = new Names();
  try {
    if (content.length < 2 + size) throw new FormatError("link-short", "The link is shorter than it says.");
    const digits = new DigitReader(content.subarray(2, 2 + size));
    const piece = readPiece(digits, names);
    digits.end();
    return content.length > 2 + size || names.unknown ? { piece, warning: NEWER_PARTS } : { piece };
  } catch (cause) {
    // The checksum is right, so this was made to look like a link.
    throw new FormatError("link-damaged", "This link does not hold a whole piece.", {
      hint: "Ask for the link again, and copy all of it.",
      cause,
    });
  }
}

/**
 * Returns the whole address that reopens a piece.
 * @param page the address of the studio, with or without a hash
 * @throws {OptionError} `page` where the address is none
 */
export function linkTo(page: string, piece: Piece): string {
  if (page === "") throw new OptionError("page", "A link takes the address of the studio.");
  return `${page.replace(/#.*$/s, "")}#${encodePiece(piece)}`;
}
