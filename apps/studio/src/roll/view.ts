/**
 * Which part of the picture a window shows: where it should begin, and what lies outside it.
 *
 * @module
 */
import { GRID_HIGHEST } from "@normflow/music";
import { type Notes, noteEnd } from "../piece/notes.ts";
import { type Geometry, sizeOf, xOf, yOf } from "./geometry.ts";

/** Where an empty roll opens: the middle of the octave in which most melodies lie. */
const MIDDLE = 71;

/** The part of the best window's notes that a window must show to stay, where no window shows all. */
const ENOUGH = 0.75;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The highest and the lowest edge of a melody. */
const spanOf = (notes: Notes, geometry: Geometry): readonly [top: number, bottom: number] => {
  const pitches = notes.map((n) => n.pitch);
  return [yOf(Math.max(...pitches), geometry), yOf(Math.min(...pitches) - 1, geometry)];
};

/**
 * The upper edge of a window of some height in which a melody shows: where it is as long as nothing, or where there is
 * no room for all, little is missed by that; else around the melody.
 * @param top where the window is, nothing if it has not been anywhere yet
 */
export function topFor(notes: Notes, geometry: Geometry, top: number | undefined, height: number): number {
  if (notes.length === 0) return top ?? yOf(MIDDLE, geometry) + (geometry.rowHeight - height) / 2;
  const [first, last] = spanOf(notes, geometry);
  const middle = (first + last - height) / 2;
  const most = Math.max(0, sizeOf(geometry).height - height);
  // A pixel of the device more or less is no reason to move.
  const holds = (y: number): boolean => y <= first + 1 && last <= y + height + 1;
  if (top !== undefined && holds(top)) return top;
  const whole = (y: number): number => yOf(GRID_HIGHEST - Math.round(y / geometry.rowHeight), geometry);
  if (last - first <= height) return clamp(clamp(whole(middle), last - height, first), 0, most);
  const shown = (y: number): number =>
    notes.filter((n) => yOf(n.pitch, geometry) >= y - 1 && yOf(n.pitch - 1, geometry) <= y + height + 1).length;
  const tops = [...new Set(notes.flatMap((n) => [yOf(n.pitch, geometry), yOf(n.pitch - 1, geometry) - height]))]
    .map((y) => clamp(y, 0, most))
    .sort((a, b) => shown(b) - shown(a) || Math.abs(a - middle) - Math.abs(b - middle));
  const best = tops[0]!;
  return top !== undefined && shown(top) >= ENOUGH * shown(best) ? top : best;
}

/** A window on the picture, in pixels. */
export interface Port {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How many notes lie outside a window, by the side. */
export interface Outside {
  readonly up: number;
  readonly down: number;
  readonly left: number;
  readonly right: number;
}

/** Counts the notes that a window does not show: those with more than half of their height, or all of their length, outside. */
export function outside(notes: Notes, geometry: Geometry, { left, top, width, height }: Port): Outside {
  const half = geometry.rowHeight / 2;
  const count = (test: (n: Notes[number]) => boolean): number => notes.filter(test).length;
  return {
    up: count((n) => yOf(n.pitch, geometry) + half < top),
    down: count((n) => yOf(n.pitch, geometry) + half > top + height),
    left: count((n) => xOf(noteEnd(n), geometry) <= left + 1),
    right: count((n) => xOf(n.start, geometry) >= left + width - 1),
  };
}
