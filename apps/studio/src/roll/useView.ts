"use client";
/**
 * Which part of a roll that is larger than its space is in view.
 *
 * @module
 */
import { type RefObject, useCallback, useLayoutEffect, useRef } from "react";
import type { Notes } from "../piece/notes.ts";
import { type Geometry, xOf, yOf } from "./geometry.ts";
import type { Cursor } from "./keystrokes.ts";

/** Where an empty roll opens: the middle of the octave in which most melodies lie. */
const MIDDLE = 71;

/**
 * Centres a melody that came from elsewhere when some of it is out of view.
 * @param own whether notes are those that the roll itself wrote
 * @returns brings a cell into view
 */
export function useView(
  scroller: RefObject<HTMLElement | null>,
  geometry: Geometry | undefined,
  notes: Notes,
  own: (notes: Notes) => boolean,
): (cursor: Cursor) => void {
  const seen = useRef<Geometry>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !geometry) return;
    const first = seen.current?.rowHeight !== geometry.rowHeight;
    seen.current = geometry;
    if (!first && own(notes)) return;
    const pitches = notes.length > 0 ? notes.map((n) => n.pitch) : [MIDDLE];
    const top = yOf(Math.max(...pitches), geometry);
    const bottom = yOf(Math.min(...pitches), geometry) + geometry.rowHeight;
    const height = element.clientHeight - geometry.ruler;
    if (!first && top >= element.scrollTop && bottom <= element.scrollTop + height) return;
    element.scrollTop = (top + bottom - height) / 2;
  }, [scroller, geometry, notes, own]);

  return useCallback(
    ({ step, pitch }) => {
      const element = scroller.current;
      if (!element || !geometry) return;
      const left = xOf(step, geometry);
      const width = element.clientWidth - geometry.piano;
      if (left < element.scrollLeft) element.scrollLeft = xOf(step - (step % 4), geometry);
      else if (left + geometry.stepWidth > element.scrollLeft + width)
        element.scrollLeft = xOf(step - (step % 4) + 4, geometry) - width;
      const top = yOf(pitch, geometry);
      const height = element.clientHeight - geometry.ruler;
      if (top < element.scrollTop) element.scrollTop = top - geometry.rowHeight;
      else if (top + geometry.rowHeight > element.scrollTop + height)
        element.scrollTop = top + 2 * geometry.rowHeight - height;
    },
    [scroller, geometry],
  );
}
