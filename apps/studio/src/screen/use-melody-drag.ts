/**
 * Dragging a melody onto A or B, by mouse, pen or finger.
 *
 * @module
 */
import { type PointerEvent, useEffect, useRef } from "react";
import type { SideName } from "../piece/piece.ts";
import type { Source } from "../store/state.ts";
import { useStudio } from "./context.ts";
import styles from "./drag.module.css";

/** Pixels after which a press is a drag. */
const SLACK = 8;

interface Drag {
  readonly x: number;
  readonly y: number;
  ghost: HTMLElement | undefined;
  over: HTMLElement | undefined;
}

/** Handlers for the element that is dragged; a press that does not move stays a press. */
export function useMelodyDrag(source: Source, tone: string) {
  const studio = useStudio();
  const drag = useRef<Drag | undefined>(undefined);

  const over = (target: HTMLElement | undefined): void => {
    const current = drag.current;
    if (!current || current.over === target) return;
    current.over?.removeAttribute("data-over");
    target?.setAttribute("data-over", "true");
    current.over = target;
  };
  const end = (): void => {
    over(undefined);
    drag.current?.ghost?.remove();
    drag.current = undefined;
  };
  // What is dragged may go away under the hand: the path is found anew, the shelf changes.
  const last = useRef(end);
  last.current = end;
  useEffect(() => () => last.current(), []);

  return {
    onPointerDown(e: PointerEvent<HTMLElement>) {
      if (e.button === 0 && e.isPrimary)
        drag.current = { x: e.clientX, y: e.clientY, ghost: undefined, over: undefined };
    },
    onPointerMove(e: PointerEvent<HTMLElement>) {
      const current = drag.current;
      if (!current || !e.isPrimary) return;
      if (!current.ghost) {
        if (Math.hypot(e.clientX - current.x, e.clientY - current.y) < SLACK) return;
        e.currentTarget.setPointerCapture(e.pointerId);
        const ghost = document.createElement("div");
        ghost.className = styles["ghost"] ?? "";
        ghost.style.setProperty("--tone", tone);
        const picture = e.currentTarget.querySelector("svg")?.cloneNode(true);
        if (picture) ghost.append(picture);
        document.body.append(ghost);
        current.ghost = ghost;
      }
      current.ghost.style.transform = `translate(${e.clientX}px, ${e.clientY}px)`;
      const under = document.elementFromPoint(e.clientX, e.clientY)?.closest<HTMLElement>("[data-drop]");
      over(under ?? undefined);
    },
    onPointerUp(e: PointerEvent<HTMLElement>) {
      const current = drag.current;
      if (!current?.ghost) {
        drag.current = undefined;
        return;
      }
      const side = current.over?.dataset["drop"] as SideName | undefined;
      // What ends a drag is no press: the click that follows is swallowed. Fingers send none, and the next is a press.
      const swallow = new AbortController();
      const { signal } = swallow;
      e.currentTarget.addEventListener("click", (click) => click.stopImmediatePropagation(), { capture: true, signal });
      setTimeout(() => swallow.abort());
      end();
      if (side) studio.takeFrom(side, source);
    },
    onPointerCancel: end,
  };
}
