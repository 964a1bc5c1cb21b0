/**
 * Writes a melody as a MIDI file of type 0 that any player opens and from which the same melody is read back.
 *
 * @module
 */
import { GRID_STEPS } from "../grid/grid.ts";
import { type Melody, placeMelody } from "../tune/melody.ts";
import { writeMark } from "./mark.ts";

const TICKS_PER_QUARTER = 480;
const SIXTEENTH = TICKS_PER_QUARTER / 4;
const VELOCITY = 90;

const bigEndian = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);

/** Seven bits a byte, the highest first, all but the last with the top bit set. */
function variable(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift(128 | (rest & 127));
  return bytes;
}

const meta = (type: number, data: readonly number[]): number[] => [0xff, type, ...variable(data.length), ...data];

/** Escaping is the one way to UTF-8 that every host has. */
const utf8 = (text: string): number[] =>
  (encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "\ufffd")).match(/%..|./g) ?? []).map((c) =>
    c.length === 3 ? Number.parseInt(c.slice(1), 16) : c.charCodeAt(0),
  );

const chunk = (name: string, data: readonly number[]): number[] => [
  ...utf8(name),
  ...bigEndian(data.length, 4),
  ...data,
];

/**
 * Writes a melody as the bytes of a MIDI file: its title, tempo, key and two bars of 4/4.
 * @throws FormatError `notes`, OptionError when the melody cannot be placed, see {@link placeMelody}
 */
export function writeMidi(melody: Melody): Uint8Array {
  const { notes, tempo, title, fifths, mark } = placeMelody(melody);
  const events = [
    { step: 0, bytes: meta(0x03, utf8(title.slice(0, 1000))) },
    { step: 0, bytes: meta(0x01, utf8(writeMark(mark))) },
    { step: 0, bytes: meta(0x51, bigEndian(Math.round(60e6 / tempo), 3)) },
    { step: 0, bytes: meta(0x58, [4, 2, 24, 8]) },
    { step: 0, bytes: meta(0x59, [(fifths + 256) % 256, 0]) },
    // Notes are in order and do not overlap, so each ends before the next one starts.
    ...notes.flatMap(([pitch, start, length]) => [
      { step: start, bytes: [0x90, pitch, VELOCITY] },
      { step: start + length, bytes: [0x80, pitch, 0] },
    ]),
    // The last bar ends where it ends, also after a rest.
    { step: GRID_STEPS, bytes: meta(0x2f, []) },
  ];
  const track = events.flatMap(({ step, bytes }, i) => [
    ...variable((step - (events[i - 1]?.step ?? 0)) * SIXTEENTH),
    ...bytes,
  ]);
  const header = [...bigEndian(0, 2), ...bigEndian(1, 2), ...bigEndian(TICKS_PER_QUARTER, 2)];
  return Uint8Array.from([...chunk("MThd", header), ...chunk("MTrk", track)]);
}
