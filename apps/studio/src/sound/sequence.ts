/**
 * Which note begins, goes on or ends at a sixteenth, and where a run of parts goes next.
 *
 * @module
 */
import { PART_STEPS, type Part, type SoundNote } from "./part.ts";

/** A sixteenth in a run of parts. */
export interface Spot {
  readonly part: number;
  readonly step: number;
}

/** A note that sounds: it belongs to one part and began at one step. */
export interface Held {
  readonly part: number;
  readonly note: SoundNote;
}

/** What a sixteenth does to the voice. */
export type Cue =
  | { readonly does: "begin"; readonly note: SoundNote }
  | { readonly does: "hold" }
  | { readonly does: "end" }
  | { readonly does: "rest" };

/** The note of a part that covers a step; of several the one that began last. */
export function noteOver(part: Part, step: number): SoundNote | undefined {
  let over: SoundNote | undefined;
  for (const n of part.notes)
    if (n.start <= step && step < n.start + n.length && (over === undefined || n.start > over.start)) over = n;
  return over;
}

/**
 * What happens at a spot, judged by the notes as they are now: a note that was edited while it sounds holds on as
 * long as its place is still covered, one that was taken away ends.
 *
 * @param first whether playing starts here, so that a note that began earlier is joined
 */
export function cueAt(part: Part, spot: Spot, held: Held | undefined, first: boolean): Cue {
  const over = noteOver(part, spot.step);
  if (over && (over.start === spot.step || first)) return { does: "begin", note: over };
  if (!held) return { does: "rest" };
  // A note never sounds into the next part, nor into another round of its own.
  const same = over && held.part === spot.part && held.note.start === over.start && spot.step > held.note.start;
  return same ? { does: "hold" } : { does: "end" };
}

/** The spot after another; undefined after the last where nothing loops. */
export function spotAfter({ part, step }: Spot, parts: number, loop: boolean): Spot | undefined {
  if (step + 1 < PART_STEPS) return { part, step: step + 1 };
  if (part + 1 < parts) return { part: part + 1, step: 0 };
  return loop ? { part: 0, step: 0 } : undefined;
}

/** A spot within the parts, whatever was asked for. */
export const spotWithin = (from: Partial<Spot> | undefined, parts: number): Spot => ({
  part: clampWhole(from?.part, parts - 1),
  step: clampWhole(from?.step, PART_STEPS - 1),
});

const clampWhole = (value: number | undefined, most: number): number =>
  value !== undefined && Number.isFinite(value) ? Math.max(0, Math.min(most, Math.floor(value))) : 0;

/** How strongly a note is played by its place in the bar, 0 to 1: what dancers would step to is a little louder. */
export const weightAt = (step: number): number => {
  if (step % 16 === 0) return 1;
  if (step % 8 === 0) return 0.96;
  return step % 4 === 0 ? 0.92 : step % 2 === 0 ? 0.87 : 0.83;
};
