/**
 * A small picture of a melody, two elements whatever its length: hundreds of them fit on a page.
 *
 * @module
 */
import { GRID_HIGHEST, GRID_LOWEST, GRID_STEPS } from "@normflow/music";
import { memo } from "react";
import { type Notes, noteEnd } from "../piece/notes.ts";
import styles from "./MiniRoll.module.css";

/** Semitones that a picture shows at least, so that a held note is not a wall and a trill not a leap. */
const LEAST_RANGE = 14;

export interface MiniRollProps {
  readonly notes: Notes;
  /** Where it is played, in steps, if it is. */
  readonly playhead?: number | undefined;
  /** Lowest and highest pitch of the picture, for several that share a scale; else those of the notes. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** The pitches between which notes are drawn: theirs, or a range of a good octave around their middle. */
export function pictureRange(notes: Notes): readonly [low: number, high: number] {
  const pitches = notes.map((n) => n.pitch);
  const low = notes.length > 0 ? Math.min(...pitches) : GRID_LOWEST;
  const high = notes.length > 0 ? Math.max(...pitches) : GRID_HIGHEST;
  const more = Math.max(0, LEAST_RANGE - (high - low)) / 2;
  return [low - more, high + more];
}

/** Draws a melody in the current colour; says nothing to screen readers, the button around it does. */
export const MiniRoll = memo(function MiniRoll({ notes, playhead, low, high }: MiniRollProps) {
  const [lowest, highest] = pictureRange(notes);
  const top = high ?? highest;
  const height = Math.max(1, top - (low ?? lowest));
  // Round ends stick out by half a stroke, so strokes start and end a little within their note.
  const strokes = notes.map((n) => `M${n.start + 0.4} ${top - n.pitch}H${noteEnd(n) - 0.4}`).join("");
  return (
    <svg
      className={styles["mini"]}
      viewBox={`0 -1 ${GRID_STEPS} ${height + 2}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <path className={styles["notes"]} d={strokes || `M0 ${height / 2}`} />
      {playhead !== undefined && <path className={styles["playhead"]} d={`M${playhead} -1V${height + 1}`} />}
    </svg>
  );
});
