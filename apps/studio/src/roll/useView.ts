"use client";
/**
 * Which part of a roll that is larger than its space is in view.
 *
 * @module
 */
import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import type { Notes } from "../piece/notes.ts";
import { type Geometry, xOf, yOf } from "./geometry.ts";
import type { Cursor } from "./keystrokes.ts";
import type { Place, Viewport } from "./useViewport.ts";
import { topFor } from "./view.ts";

/** Scrolls so that a melody shows; only as far as that is needed once it has been shown. */
function show(viewport: Viewport, notes: Notes, geometry: Geometry, first: boolean): void {
  if (!viewport.port) return;
  const { top, height } = viewport.port;
  const wanted = topFor(notes, geometry, first ? undefined : top, height - geometry.ruler);
  // Where the rows have another height the page may have scrolled already.
  if (first || wanted !== top) viewport.scrollTo({ top: wanted });
}

/**
 * Brings a melody that came from elsewhere into view when some of it is not.
 * @param own whether notes are those that the roll itself wrote
 * @returns brings a cell into view
 */
export function useView(
  viewport: Viewport,
  geometry: Geometry | undefined,
  notes: Notes,
  own: (notes: Notes) => boolean,
): (cursor: Cursor) => void {
  const seen = useRef<Geometry>(undefined);
  const latest = useRef(notes);
  useLayoutEffect(() => {
    latest.current = notes;
    if (!geometry) return;
    const first = seen.current?.rowHeight !== geometry.rowHeight;
    seen.current = geometry;
    if (first || !own(notes)) show(viewport, notes, geometry, first);
  }, [viewport, geometry, notes, own]);

  // A window that became lower may have lost notes. On a phone it does whenever the address bar comes and goes.
  useEffect(() => {
    let height = viewport.port?.height;
    return viewport.follow((change) => {
      if (change !== "size" || viewport.port?.height === height) return;
      height = viewport.port?.height;
      if (seen.current && !seen.current.coarse) show(viewport, latest.current, seen.current, false);
    });
  }, [viewport]);

  return useCallback(
    ({ step, pitch }) => {
      if (!viewport.port || !geometry) return;
      const { port } = viewport;
      const place: Place = {};
      const left = xOf(step, geometry);
      const width = port.width - geometry.piano;
      if (left < port.left) place.left = xOf(step - (step % 4), geometry);
      else if (left + geometry.stepWidth > port.left + width) place.left = xOf(step - (step % 4) + 4, geometry) - width;
      const top = yOf(pitch, geometry);
      const height = port.height - geometry.ruler;
      if (top < port.top) place.top = top - geometry.rowHeight;
      else if (top + geometry.rowHeight > port.top + height) place.top = top + 2 * geometry.rowHeight - height;
      if (Object.keys(place).length > 0) viewport.scrollTo(place);
    },
    [viewport, geometry],
  );
}
