/**
 * What a screen reader is told next: the last of several messages in a short while.
 *
 * @module
 */

/** A message; the count tells two equal ones apart. */
export interface Announcement {
  readonly text: string;
  readonly count: number;
}

/** Milliseconds within which a later message takes the place of an earlier one, as when a key is held. */
export const SETTLE = 120;

const silence: Announcement = { text: "", count: 0 };
let current = silence;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** Says a sentence to screen readers once nothing else has been said for a short while. */
export function announce(text: string): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    current = { text, count: current.count + 1 };
    for (const listener of listeners) listener();
  }, SETTLE);
}

export const announcement = (): Announcement => current;

/** What there is before the page runs. */
export const noAnnouncement = (): Announcement => silence;

/** Calls back after every announcement; returns the way to stop. */
export function onAnnouncement(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
