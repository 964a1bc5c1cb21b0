"use client";
/**
 * The measures of a roll, kept true while its space changes.
 *
 * @module
 */
import { type RefObject, useLayoutEffect, useState } from "react";
import { fit, type Geometry, sameGeometry } from "./geometry.ts";

/** Fits the grid into an element; nothing until it has been measured, so nothing of it is in the served page. */
export function useFit(ref: RefObject<HTMLElement | null>): Geometry | undefined {
  const [geometry, setGeometry] = useState<Geometry>();
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const coarse = matchMedia("(pointer: coarse)");
    const measure = (): void => {
      const next = fit(element.clientWidth, element.clientHeight, coarse.matches, devicePixelRatio);
      setGeometry((now) => (sameGeometry(now, next) ? now : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    coarse.addEventListener("change", measure);
    return () => {
      observer.disconnect();
      coarse.removeEventListener("change", measure);
    };
  }, [ref]);
  return geometry;
}
