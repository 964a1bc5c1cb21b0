"use client";
/**
 * The measures of a roll, kept true while its space and its melody change.
 *
 * @module
 */
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Notes } from "../piece/notes.ts";
import { fit, type Geometry, rowsOf, sameGeometry } from "./geometry.ts";
import type { Viewport } from "./useViewport.ts";

/**
 * Fits the grid into its window; nothing until it has been measured, so nothing of it is in the served page.
 * @param own whether notes are those that the roll itself wrote: they change no measure
 */
export function useFit(viewport: Viewport, notes: Notes, own: (notes: Notes) => boolean): Geometry | undefined {
  const [geometry, setGeometry] = useState<Geometry>();
  const rows = useRef(0);
  const height = useRef<number>(undefined);
  const measure = useCallback((): void => {
    const { port } = viewport;
    if (!port) return;
    const coarse = matchMedia("(pointer: coarse)").matches;
    // In another space the rows are chosen anew, in the same one they stay while the melody fits.
    const same = port.height === height.current;
    height.current = port.height;
    setGeometry((now) => {
      const next = fit(port.width, port.height, coarse, {
        ratio: devicePixelRatio,
        rows: rows.current,
        kept: same ? now?.rowHeight : undefined,
      });
      return sameGeometry(now, next) ? now : next;
    });
  }, [viewport]);

  useLayoutEffect(() => {
    rows.current = rowsOf(notes);
    if (!own(notes)) measure();
  }, [notes, own, measure]);

  useLayoutEffect(() => {
    const coarse = matchMedia("(pointer: coarse)");
    const stop = viewport.follow((change) => {
      if (change === "size") measure();
    });
    coarse.addEventListener("change", measure);
    return () => {
      stop();
      coarse.removeEventListener("change", measure);
    };
  }, [viewport, measure]);
  return geometry;
}
