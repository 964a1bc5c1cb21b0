"use client";
/**
 * The playhead, moved frame by frame past React.
 *
 * @module
 */
import { type RefObject, useEffect, useRef } from "react";
import type { Geometry } from "./geometry.ts";

/** The elements that show what sounds. */
export interface PlayheadParts {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly plane: RefObject<HTMLElement | null>;
  readonly line: RefObject<HTMLElement | null>;
}

/** Lights the note at a step and puts out the others. */
function light(plane: HTMLElement | null, step: number | undefined): void {
  for (const bar of plane?.querySelectorAll<HTMLElement>("[data-start]") ?? []) {
    const start = Number(bar.dataset["start"]);
    const sounds = step !== undefined && step >= start && step < start + Number(bar.dataset["length"]);
    bar.toggleAttribute("data-sounding", sounds);
  }
}

/** Keeps the playhead in view where the picture is wider than its space, a screen at a time. */
function follow(scroller: HTMLElement | null, x: number, before: number, piano: number): void {
  if (!scroller || scroller.scrollWidth <= scroller.clientWidth + 1) return;
  const width = scroller.clientWidth - piano;
  const seen = (at: number): boolean => at >= scroller.scrollLeft && at < scroller.scrollLeft + width;
  // Only when it leaves: somebody who scrolled elsewhere is left there.
  if (seen(before) && !seen(x)) scroller.scrollLeft = x;
}

/** Moves the playhead while something plays; hides it otherwise. */
export function usePlayhead(
  playing: boolean,
  read: () => number | undefined,
  geometry: Geometry | undefined,
  { scroller, plane, line }: PlayheadParts,
): void {
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  useEffect(() => {
    const element = line.current;
    if (!playing || !geometry || !element) return;
    let frame = 0;
    let before = -1;
    let lit: number | undefined;
    const draw = (): void => {
      frame = requestAnimationFrame(draw);
      const step = latest.current();
      element.hidden = step === undefined;
      const whole = step === undefined ? undefined : Math.floor(step);
      if (whole !== lit) light(plane.current, whole);
      lit = whole;
      if (step === undefined) return;
      const x = step * geometry.stepWidth;
      element.style.transform = `translateX(${x}px)`;
      follow(scroller.current, x, before, geometry.piano);
      before = x;
    };
    draw();
    return () => {
      cancelAnimationFrame(frame);
      element.hidden = true;
      light(plane.current, undefined);
    };
  }, [playing, geometry, scroller, plane, line]);
}
