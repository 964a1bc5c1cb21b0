/**
 * Where notes lie in the picture and what of it a pointer meets.
 *
 * @module
 */
import { GRID_HIGHEST, GRID_LOWEST, GRID_STEPS } from "@normflow/music";
import { type Note, type Notes, noteEnd } from "../piece/notes.ts";

export const ROWS = GRID_HIGHEST - GRID_LOWEST + 1;

/** The lowest row that a mouse can aim at, and the one that it should have, in pixels. */
const LEAST_ROW = 9;
const GOOD_ROW = 14;

/** Steps that a narrow screen shows. */
const BAR_AND_MORE = 16.5;

/** Width and height that a finger hits, in pixels. */
export const TARGET = 44;

/** The measures of a picture, in CSS pixels. */
export interface Geometry {
  readonly stepWidth: number;
  readonly rowHeight: number;
  /** Width of the piano at the left. */
  readonly piano: number;
  /** Height of the ruler above the rows. */
  readonly ruler: number;
  /** Pixels of the device for one of CSS. */
  readonly ratio: number;
  /** Whether pointers are fingers: everything is larger and gives way. */
  readonly coarse: boolean;
}

export const sameGeometry = (a: Geometry | undefined, b: Geometry): boolean =>
  a !== undefined && (Object.keys(b) as (keyof Geometry)[]).every((key) => a[key] === b[key]);

/** How many rows a melody spans, from its highest note to its lowest; 0 without notes. */
export function rowsOf(notes: Notes): number {
  const pitches = notes.map((n) => n.pitch);
  return notes.length === 0 ? 0 : Math.max(...pitches) - Math.min(...pitches) + 1;
}

/** What a fit minds besides the space. */
export interface FitOptions {
  /** Pixels of the device for one of CSS. */
  readonly ratio?: number;
  /** Rows that the melody spans: all of them and one more at each end are to be seen. */
  readonly rows?: number;
  /** The height of a row until now, which stays while the melody fits. */
  readonly kept?: number | undefined;
}

/** The height of a row where a mouse aims at them and not all of them have room. */
function melodyRow(space: number, rows: number, kept: number | undefined): number {
  if (rows === 0) return GOOD_ROW;
  if (kept !== undefined && kept >= LEAST_ROW && kept <= GOOD_ROW && rows * kept <= space) return kept;
  return Math.max(LEAST_ROW, Math.min(GOOD_ROW, Math.floor(space / Math.min(ROWS, rows + 2))));
}

/**
 * Fits the grid into a space: the whole of it where that leaves room to aim, else more than the space shows.
 * A mouse then gets rows in which the melody fits, as low as it can still aim at.
 * A finger gets rows of 24 pixels at least and, on a narrow screen, a bar at a time and a little of the next, so that
 * one sees that there is more.
 */
export function fit(
  width: number,
  height: number,
  coarse: boolean,
  { ratio = 1, rows = 0, kept }: FitOptions = {},
): Geometry {
  const piano = coarse ? 44 : 40;
  const ruler = coarse ? 36 : 24;
  const across = Math.max(0, width - piano);
  const whole = across / GRID_STEPS;
  const stepWidth = coarse ? (whole >= 18 ? whole : Math.max(18, across / BAR_AND_MORE)) : Math.max(8, whole);
  const space = Math.max(0, height - ruler);
  const all = Math.min(32, space / ROWS);
  const rowHeight = coarse ? Math.max(24, all) : all >= GOOD_ROW ? all : melodyRow(space, rows, kept);
  return { stepWidth, rowHeight, piano, ruler, ratio, coarse };
}

/** Left edge of a step, on a pixel of the device. */
export const xOf = (step: number, { stepWidth, ratio }: Geometry): number =>
  Math.round(step * stepWidth * ratio) / ratio;

/** Upper edge of a row, on a pixel of the device. */
export const yOf = (pitch: number, { rowHeight, ratio }: Geometry): number =>
  Math.round((GRID_HIGHEST - pitch) * rowHeight * ratio) / ratio;

/** Width and height of the whole grid. */
export const sizeOf = (geometry: Geometry): { readonly width: number; readonly height: number } => ({
  width: xOf(GRID_STEPS, geometry),
  height: yOf(GRID_LOWEST - 1, geometry),
});

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The step at a place, the nearest one outside the grid. */
export const stepAt = (x: number, { stepWidth }: Geometry): number =>
  clamp(Math.floor(x / stepWidth), 0, GRID_STEPS - 1);

/** The pitch at a place, the nearest one outside the grid. */
export const pitchAt = (y: number, { rowHeight }: Geometry): number =>
  clamp(GRID_HIGHEST - Math.floor(y / rowHeight), GRID_LOWEST, GRID_HIGHEST);

/** A rectangle in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What a note covers. */
export const boxOf = (note: Note, geometry: Geometry): Box => ({
  left: xOf(note.start, geometry),
  top: yOf(note.pitch, geometry),
  right: xOf(noteEnd(note), geometry),
  bottom: yOf(note.pitch - 1, geometry),
});

/** Where a note is met: with a finger 44 pixels each way, as far as its neighbours leave them. */
export function reachOf(index: number, notes: Notes, geometry: Geometry): Box {
  const note = notes[index]!;
  const box = boxOf(note, geometry);
  if (!geometry.coarse) return box;
  const before = index > 0 ? xOf(noteEnd(notes[index - 1]!), geometry) : 0;
  const after = index + 1 < notes.length ? xOf(notes[index + 1]!.start, geometry) : xOf(GRID_STEPS, geometry);
  const across = Math.max(0, TARGET - (box.right - box.left)) / 2;
  const down = Math.max(0, TARGET - geometry.rowHeight) / 2;
  return {
    left: box.left - Math.min(across, Math.max(0, box.left - before) / 2),
    top: box.top - down,
    right: box.right + Math.min(across, Math.max(0, after - box.right) / 2),
    bottom: box.bottom + down,
  };
}

/** The part of a note that is held: its left edge, its right edge, or all of it. */
export type Handle = "start" | "end" | "whole";

/** How wide the edges are by which a note is made longer and shorter. */
export const edgeOf = (note: Note, geometry: Geometry): number =>
  Math.min(geometry.coarse ? 16 : 6, (note.length * geometry.stepWidth) / 4);

const within = (x: number, y: number, box: Box): boolean =>
  x >= box.left && x < box.right && y >= box.top && y < box.bottom;

/** The note under a pointer and the part of it that is met. */
export function hit(
  x: number,
  y: number,
  notes: Notes,
  geometry: Geometry,
): { readonly note: Note; readonly handle: Handle } | undefined {
  const met = notes.findIndex((n) => within(x, y, boxOf(n, geometry)));
  const index = met >= 0 ? met : notes.findIndex((_, i) => within(x, y, reachOf(i, notes, geometry)));
  if (index < 0) return undefined;
  const note = notes[index]!;
  const box = boxOf(note, geometry);
  const edge = edgeOf(note, geometry);
  // What is narrower than a finger is moved, and made longer at the last third of what the finger meets.
  if (geometry.coarse && box.right - box.left < TARGET) {
    const reach = reachOf(index, notes, geometry);
    return { note, handle: x > reach.right - (reach.right - reach.left) / 3 ? "end" : "whole" };
  }
  return { note, handle: x < box.left + edge ? "start" : x >= box.right - edge ? "end" : "whole" };
}

/** Width and height of a label with its unit, in pixels. */
const LABEL = { width: 46, height: 14 };

/** The first of the labelled notes beside whose label there is room for a unit: before the next one, and the end. */
export function roomiest(starts: ReadonlySet<number>, notes: Notes, geometry: Geometry): number | undefined {
  const labelled = notes.filter((n) => starts.has(n.start));
  return [...starts].find((start) => {
    const note = labelled.find((n) => n.start === start);
    if (!note) return false;
    const left = xOf(start, geometry);
    const meets = (other: Note): boolean =>
      other.start > start &&
      xOf(other.start, geometry) < left + LABEL.width &&
      Math.abs(yOf(other.pitch, geometry) - yOf(note.pitch, geometry)) < LABEL.height;
    return left + LABEL.width <= xOf(GRID_STEPS, geometry) && !labelled.some(meets);
  });
}

/** The notes that a rectangle touches. */
export const inside = (box: Box, notes: Notes, geometry: Geometry): Notes =>
  notes.filter((note) => {
    const own = boxOf(note, geometry);
    return own.left < box.right && own.right > box.left && own.top < box.bottom && own.bottom > box.top;
  });
