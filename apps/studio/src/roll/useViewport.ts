"use client";
/**
 * The window through which a roll is seen: its size and how far it is scrolled.
 *
 * @module
 */
import { type RefObject, useLayoutEffect, useState } from "react";
import type { Port } from "./view.ts";

/**
 * Knows what of an element shows, in pixels. The page is asked when it has just been laid out, never while a melody
 * is being drawn: an answer would have to lay the page out first, once more than it is drawn.
 */
export class Viewport {
  private element: HTMLElement | undefined;
  private seen: Port | undefined;
  private frame = 0;
  private readonly listeners = new Set<() => void>();

  /** What shows, the piano and the ruler included; nothing before the element is there. */
  get port(): Port | undefined {
    return this.seen;
  }

  /** Calls back when another part shows; what is returned takes it back. */
  follow(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Scrolls down or up, with the next frame: before it is drawn, and where it is laid out anyway. */
  scrollTo(top: number): void {
    if (!this.seen) return;
    this.seen = { ...this.seen, top };
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (this.element) this.element.scrollTop = top;
      this.change();
    });
  }

  /** Watches an element until what is returned is called. */
  watch(element: HTMLElement): () => void {
    this.element = element;
    this.read();
    const change = (): void => this.change();
    const observer = new ResizeObserver(change);
    observer.observe(element);
    element.addEventListener("scroll", change, { passive: true });
    return () => {
      cancelAnimationFrame(this.frame);
      observer.disconnect();
      element.removeEventListener("scroll", change);
      this.element = undefined;
    };
  }

  private change(): void {
    this.read();
    for (const listener of [...this.listeners]) listener();
  }

  private read(): void {
    if (!this.element) return;
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = this.element;
    this.seen = { left, top, width, height };
  }
}

/** Watches what an element shows; hooks that ask it come after this one. */
export function useViewport(scroller: RefObject<HTMLElement | null>): Viewport {
  const [viewport] = useState(() => new Viewport());
  useLayoutEffect(() => (scroller.current ? viewport.watch(scroller.current) : undefined), [scroller, viewport]);
  return viewport;
}
