"use client";
/**
 * Pointers on the roll: gives their positions to the gesture and what comes of it to the page.
 *
 * @module
 */
import { type PointerEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Notes, sameNotes } from "../piece/notes.ts";
import {
  cancel,
  drag,
  erase,
  type Gesture,
  HOLD,
  hold,
  idle,
  type Outcome,
  type Pointer,
  press,
  release,
  type Scene,
} from "./drag.ts";
import type { Box } from "./geometry.ts";
import type { RollProps } from "./Roll.tsx";

/** What a roll hands to its gestures. */
export interface GestureOptions extends Pick<RollProps, "name" | "onEdit" | "onSelect" | "onAudition"> {
  readonly notes: Notes;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly plane: RefObject<HTMLElement | null>;
  /** The scene as it is now, nothing before the roll has been measured. */
  scene(): Scene | undefined;
  onLength(sixteenths: number): void;
}

/** Milliseconds after a scroll within which a finger stops it and writes nothing. */
const STOP = 80;

let gestures = 0;

/** A key that no other gesture has, for the steps of undo. */
export const mergeKey = (name: string): string => `roll-${name}-${++gestures}`;

/** Follows one pointer from press to release. */
export function useGestures(options: GestureOptions) {
  const latest = useRef(options);
  useLayoutEffect(() => {
    latest.current = options;
  });
  const gesture = useRef<Gesture>(idle);
  const merge = useRef("");
  const pointer = useRef<number>(undefined);
  const sent = useRef<Notes[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const scrolled = useRef(Number.NEGATIVE_INFINITY);
  const [box, setBox] = useState<Box>();
  const [active, setActive] = useState(false);

  useEffect(() => () => clearTimeout(timer.current), []);

  // A finger scrolls the paper until it has rested there: from then on it draws, and the browser must not take it.
  const { scroller } = options;
  useEffect(() => {
    const element = scroller.current;
    const stay = (event: TouchEvent): void => {
      if (gesture.current.kind === "draw" && event.cancelable) event.preventDefault();
    };
    // The roll's own scrolling and that of the page around it.
    const note = (event: Event): void => {
      if (element && (event.target as Node).contains(element)) scrolled.current = performance.now();
    };
    element?.addEventListener("touchmove", stay, { passive: false });
    document.addEventListener("scroll", note, { capture: true, passive: true });
    return () => {
      element?.removeEventListener("touchmove", stay);
      document.removeEventListener("scroll", note, { capture: true });
    };
  }, [scroller]);

  // Somebody else wrote the melody while it was being dragged: the drag would write over it, so it ends.
  const { notes } = options;
  useLayoutEffect(() => {
    const { kind } = gesture.current;
    if (kind === "idle" || kind === "spent") return;
    if (!sent.current.some((own) => sameNotes(own, notes))) gesture.current = { kind: "spent" };
  }, [notes]);

  const apply = (outcome: Outcome): void => {
    const { onEdit, onSelect, onAudition, onLength } = latest.current;
    gesture.current = outcome.gesture;
    if (outcome.edit) {
      const { notes, label, selection } = outcome.edit;
      sent.current.push(notes);
      onEdit(notes, label, { merge: merge.current, selection });
    }
    if (outcome.select) onSelect(outcome.select);
    if (outcome.audition !== undefined) onAudition(outcome.audition);
    if (outcome.length !== undefined) onLength(outcome.length);
    setBox(outcome.box);
  };

  const at = (event: PointerEvent<HTMLElement>): Pointer => {
    const bounds = latest.current.plane.current!.getBoundingClientRect();
    return {
      x: event.clientX - bounds.left,
      y: event.clientY - bounds.top,
      shift: event.shiftKey || event.ctrlKey || event.metaKey,
      alt: event.altKey,
      touch: event.pointerType !== "mouse",
      time: event.timeStamp,
    };
  };

  const end = (): void => {
    clearTimeout(timer.current);
    pointer.current = undefined;
    setActive(false);
  };

  return {
    box,
    /** Whether a pointer is down. */
    active,
    isActive: (): boolean => pointer.current !== undefined && gesture.current.kind !== "spent",
    at,
    down(event: PointerEvent<HTMLElement>): void {
      const scene = latest.current.scene();
      if (!scene || event.button !== 0 || pointer.current !== undefined) return;
      const from = at(event);
      // A finger on a screen that has a mouse too still gets what fingers need.
      const met = from.touch ? { ...scene, geometry: { ...scene.geometry, coarse: true } } : scene;
      pointer.current = event.pointerId;
      latest.current.plane.current!.setPointerCapture(event.pointerId);
      merge.current = mergeKey(latest.current.name);
      sent.current = [scene.notes];
      setActive(true);
      const pressed = press(gesture.current, met, from);
      const stops = pressed.gesture.kind === "touch" && performance.now() - scrolled.current < STOP;
      apply(stops ? { gesture: { kind: "spent" } } : pressed);
      if (from.touch) timer.current = setTimeout(() => apply(hold(gesture.current)), HOLD);
    },
    move(event: PointerEvent<HTMLElement>): void {
      if (event.pointerId !== pointer.current) return;
      apply(drag(gesture.current, at(event)));
      if (gesture.current.kind !== "note" && gesture.current.kind !== "touch") clearTimeout(timer.current);
    },
    up(event: PointerEvent<HTMLElement>): void {
      if (event.pointerId !== pointer.current) return;
      end();
      apply(release(gesture.current, at(event)));
    },
    /** The browser took the pointer, or Escape was pressed: back to how it was. */
    stop(): boolean {
      if (pointer.current === undefined || gesture.current.kind === "spent") return false;
      apply(cancel(gesture.current));
      clearTimeout(timer.current);
      return true;
    },
    lost(event: PointerEvent<HTMLElement>): void {
      if (event.pointerId !== pointer.current) return;
      apply(cancel(gesture.current));
      gesture.current = idle;
      end();
    },
    erase(event: PointerEvent<HTMLElement>): boolean {
      const scene = latest.current.scene();
      const outcome = scene && erase(scene, at(event));
      if (!outcome) return false;
      merge.current = mergeKey(latest.current.name);
      apply({ ...outcome, gesture: pointer.current === undefined ? idle : outcome.gesture });
      return true;
    },
  };
}
