"use client";
/**
 * What the roll shows under a mouse that is not pressed: the note that a click would add, and its key by name.
 *
 * @module
 */
import { type RefObject, useMemo } from "react";
import type { Place } from "../piece/piece.ts";
import { noteToAdd, type Scene } from "./drag.ts";
import { boxOf, hit, pitchAt, stepAt, yOf } from "./geometry.ts";
import { noteName } from "./words.ts";

/** The means to show and hide what lies under the mouse, past React. */
export interface Hover {
  /** Names a key at the left. */
  key(scene: Scene, place: Place, pitch: number): void;
  over(scene: Scene, place: Place, x: number, y: number): void;
  off(): void;
}

/** Shows hints in the elements that are marked for them within a scroller. */
export function useHover(scroller: RefObject<HTMLElement | null>): Hover {
  return useMemo(() => {
    const part = (name: string): HTMLElement | null | undefined => scroller.current?.querySelector(`[data-${name}]`);
    const key = (scene: Scene, place: Place, pitch: number): void => {
      const element = part("active-key");
      if (!element) return;
      element.hidden = false;
      element.textContent = noteName(pitch, place);
      element.style.transform = `translateY(${yOf(pitch, scene.geometry) + scene.geometry.rowHeight / 2 - 9}px)`;
    };
    const off = (): void => {
      for (const name of ["active-key", "ghost"]) {
        const element = part(name);
        if (element) element.hidden = true;
      }
    };
    return {
      key,
      off,
      over(scene, place, x, y) {
        const ghost = part("ghost");
        if (!ghost) return;
        const met = hit(x, y, scene.notes, scene.geometry);
        ghost.hidden = met !== undefined;
        if (met) {
          key(scene, place, met.note.pitch);
          return;
        }
        const { geometry, notes, scale, length } = scene;
        const note = noteToAdd(stepAt(x, geometry), pitchAt(y, geometry), notes, scale, length);
        const box = boxOf(note, geometry);
        ghost.style.transform = `translate(${box.left}px, ${box.top}px)`;
        ghost.style.width = `${box.right - box.left - 1}px`;
        ghost.style.height = `${box.bottom - box.top - 1}px`;
        key(scene, place, note.pitch);
      },
    };
  }, [scroller]);
}
