/**
 * Undo and redo: the pieces that were, the one that is, and those that were undone.
 *
 * @module
 */
import type { Piece } from "../piece/piece.ts";
import { same } from "./same.ts";

/** Most steps that can be undone: a thousand edits lead back to the start. */
export const TIMELINE_LIMIT = 1000;

/** The pieces of a session in order. */
export interface Timeline {
  /** Oldest first. */
  readonly past: readonly Piece[];
  readonly present: Piece;
  /** Next first. */
  readonly future: readonly Piece[];
  /** Pieces before the oldest of the past that were dropped: numbers the steps for those who keep them. */
  readonly dropped: number;
  /** The continuous edit (a dial being turned) that the next one of the same key goes on with. */
  readonly merging?: string;
}

/** Starts a timeline at a piece: nothing to undo. */
export const startTimeline = (piece: Piece): Timeline => ({ past: [], present: piece, future: [], dropped: 0 });

/**
 * Goes on with an edited piece; what was undone is gone. A piece equal to the present one changes nothing.
 * @param key of a continuous edit: edits that follow each other with one key are undone as one, and an edit that ends
 *   where it began leaves no step. Every gesture takes its own key, or ends by {@link endEdit}.
 */
export function record(timeline: Timeline, piece: Piece, key?: string, limit = TIMELINE_LIMIT): Timeline {
  const { past, present, merging, dropped } = timeline;
  if (same(piece, present)) return timeline;
  const goesOn = key !== undefined && key === merging;
  const before = goesOn ? past : [...past, present];
  const last = before.at(-1);
  if (goesOn && last !== undefined && same(last, piece))
    return { past: before.slice(0, -1), present: last, future: [], dropped };
  const over = Math.max(0, before.length - limit);
  return {
    past: over > 0 ? before.slice(over) : before,
    present: piece,
    future: [],
    dropped: dropped + over,
    ...(key === undefined ? {} : { merging: key }),
  };
}

/** Ends a continuous edit: the next one is a step of its own, whatever its key. */
export function endEdit({ merging: _, ...timeline }: Timeline): Timeline {
  return timeline;
}

/**
 * Changes pieces where they stand, without a step: what the model computed for an edit that is there already, be it the
 * present one or undone meanwhile. A change that returns the piece it was given leaves that as it is.
 */
export function amend(timeline: Timeline, change: (piece: Piece) => Piece): Timeline {
  const { past, present, future } = timeline;
  const next = { ...timeline, past: past.map(change), present: change(present), future: future.map(change) };
  const isChanged =
    next.present !== present || next.past.some((p, i) => p !== past[i]) || next.future.some((p, i) => p !== future[i]);
  return isChanged ? next : timeline;
}

export const canUndo = ({ past }: Timeline): boolean => past.length > 0;

export const canRedo = ({ future }: Timeline): boolean => future.length > 0;

/** Goes one step back, where there is one. */
export function undo(timeline: Timeline): Timeline {
  const { past, present, future, dropped } = timeline;
  const last = past.at(-1);
  return last === undefined
    ? timeline
    : { past: past.slice(0, -1), present: last, future: [present, ...future], dropped };
}

/** Goes one step forward again, where there is one. */
export function redo(timeline: Timeline): Timeline {
  const { past, present, future, dropped } = timeline;
  const [next, ...rest] = future;
  return next === undefined ? timeline : { past: [...past, present], present: next, future: rest, dropped };
}
