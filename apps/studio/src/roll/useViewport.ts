"use client";
/**
 * The window through which a roll is seen: its size and how far it is scrolled.
 *
 * @module
 */
import { type RefObject, useLayoutEffect, useState } from "react";
import type { Port } from "./view.ts";

/** What of a window changed. */
export type Change = "size" | "place";

/** How far a window is to be scrolled. */
export type Place = { -readonly [K in "left" | "top"]?: Port[K] };

/**
 * Knows what of an element shows, in pixels. The page is asked when it has just been laid out, never while a melody
 * is being drawn: an answer would have to lay the page out first, once more than it is drawn.
 */
export class Viewport {
  private element: HTMLElement | undefined;
  private seen: Port | undefined;
  /** Where the next frame is to scroll. */
  private wanted: Place = {};
  private frame = 0;
  private isLaidOut = false;
  private readonly listeners = new Set<(change: Change) => void>();

  /** What shows, the piano and the ruler included; nothing before the element is there. */
  get port(): Port | undefined {
    return this.seen;
  }

  /** Calls back when another part shows; what is returned takes it back. */
  follow(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Scrolls: at once where the page has just been laid out, else with the next frame, before that is drawn. */
  scrollTo(place: Place): void {
    const { element, seen } = this;
    if (!element || !seen) return;
    this.seen = { ...seen, ...place };
    this.wanted = { ...this.wanted, ...place };
    if (this.isLaidOut) this.scroll(element);
    else this.frame ||= requestAnimationFrame(() => this.scroll(element));
  }

  /** Watches an element until what is returned is called. */
  watch(element: HTMLElement): () => void {
    this.element = element;
    this.read(element);
    const moved = (): void => this.tell(element, "place");
    const observer = new ResizeObserver(() => {
      this.isLaidOut = true;
      try {
        this.tell(element, "size");
      } finally {
        this.isLaidOut = false;
      }
    });
    observer.observe(element);
    element.addEventListener("scroll", moved, { passive: true });
    return () => {
      this.rest();
      observer.disconnect();
      element.removeEventListener("scroll", moved);
      this.element = undefined;
    };
  }

  private scroll(element: HTMLElement): void {
    const { left, top } = this.wanted;
    this.rest();
    if (left !== undefined) element.scrollLeft = left;
    if (top !== undefined) element.scrollTop = top;
    this.tell(element, "place");
  }

  /** Drops what the next frame was to do. */
  private rest(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.wanted = {};
  }

  private tell(element: HTMLElement, change: Change): void {
    this.read(element);
    for (const listener of [...this.listeners]) listener(change);
  }

  private read({ scrollLeft, scrollTop, clientWidth, clientHeight }: HTMLElement): void {
    this.seen = { left: scrollLeft, top: scrollTop, width: clientWidth, height: clientHeight, ...this.wanted };
  }
}

/** Watches what an element shows; hooks that ask it come after this one. */
export function useViewport(scroller: RefObject<HTMLElement | null>): Viewport {
  const [viewport] = useState(() => new Viewport());
  useLayoutEffect(() => (scroller.current ? viewport.watch(scroller.current) : undefined), [scroller, viewport]);
  return viewport;
}
