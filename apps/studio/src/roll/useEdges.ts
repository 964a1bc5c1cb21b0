"use client";
/**
 * The edges of a roll's window: tells what lies behind them, and hides names of keys that they cut.
 *
 * @module
 */
import { type RefObject, useLayoutEffect } from "react";
import type { Notes } from "../piece/notes.ts";
import type { Geometry } from "./geometry.ts";
import type { Viewport } from "./useViewport.ts";
import { outside } from "./view.ts";

/** Half the height of a key's name, in pixels. */
const HALF_NAME = 7;

const arrows = { up: "↑", down: "↓", left: "←", right: "→" } as const;

/** Keeps the marks at the edges true while the roll scrolls, past React. */
export function useEdges(
  viewport: Viewport,
  scroller: RefObject<HTMLElement | null>,
  edges: RefObject<HTMLElement | null>,
  geometry: Geometry | undefined,
  notes: Notes,
): void {
  useLayoutEffect(() => {
    const element = scroller.current;
    const marks = edges.current;
    if (!element || !marks || !geometry) return;
    const names = [...element.querySelectorAll<SVGElement>("[data-key-name]")];
    const draw = (): void => {
      if (!viewport.port) return;
      const { left, top, width, height } = viewport.port;
      const port = { left, top, width: width - geometry.piano, height: height - geometry.ruler };
      const counts = outside(notes, geometry, port);
      for (const mark of marks.children as HTMLCollectionOf<HTMLElement>) {
        const side = mark.dataset["more"] as keyof typeof arrows;
        const count = counts[side];
        mark.hidden = count === 0;
        const text = side === "left" ? `${arrows.left} ${count}` : `${count} ${arrows[side]}`;
        if (mark.textContent !== text) mark.textContent = text;
      }
      for (const name of names) {
        const y = Number(name.getAttribute("y"));
        name.toggleAttribute("data-cut", y - HALF_NAME < top || y + HALF_NAME > top + port.height);
      }
    };
    draw();
    return viewport.follow(draw);
  }, [viewport, scroller, edges, geometry, notes]);
}
