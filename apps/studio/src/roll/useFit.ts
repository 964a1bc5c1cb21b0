"use client";
/**
 * The measures of a roll, kept true while its space and its melody change.
 *
 * @module
 */
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Notes } from "../piece/notes.ts";
import { fit, type Geometry, rowsOf, sameGeometry } from "./geometry.ts";

/**
 * Fits the grid into an element; nothing until it has been measured, so nothing of it is in the served page.
 * @param own whether notes are those that the roll itself wrote: they change no measure
 */
export function useFit(
  ref: RefObject<HTMLElement | null>,
  notes: Notes,
  own: (notes: Notes) => boolean,
): Geometry | undefined {
  const [geometry, setGeometry] = useState<Geometry>();
  const rows = useRef(0);
  const height = useRef<number>(undefined);
  const measure = useCallback((): void => {
    const element = ref.current;
    if (!element) return;
    const { clientWidth, clientHeight } = element;
    const coarse = matchMedia("(pointer: coarse)").matches;
    // In another space the rows are chosen anew, in the same one they stay while the melody fits.
    const same = clientHeight === height.current;
    height.current = clientHeight;
    setGeometry((now) => {
      const next = fit(clientWidth, clientHeight, coarse, {
        ratio: devicePixelRatio,
        rows: rows.current,
        kept: same ? now?.rowHeight : undefined,
      });
      return sameGeometry(now, next) ? now : next;
    });
  }, [ref]);

  useLayoutEffect(() => {
    rows.current = rowsOf(notes);
    if (!own(notes)) measure();
  }, [notes, own, measure]);

  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const coarse = matchMedia("(pointer: coarse)");
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    coarse.addEventListener("change", measure);
    return () => {
      observer.disconnect();
      coarse.removeEventListener("change", measure);
    };
  }, [ref, measure]);
  return geometry;
}
