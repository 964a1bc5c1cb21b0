/**
 * The notes of the roll as bars, with all that is known of each.
 *
 * @module
 */
import { memo } from "react";
import type { Note } from "../piece/notes.ts";
import { isLocked, type Side } from "../piece/piece.ts";
import { boxOf, edgeOf, type Geometry, reachOf, roomiest } from "./geometry.ts";
import { LockMark } from "./LockMark.tsx";
import styles from "./Roll.module.css";
import { mostSurprising, octaveMark } from "./words.ts";

/** Bits at which a note is drawn in full colour, unless one surprises more. */
const FULL = 8;

/** Bits as a label shows them. */
const bitsLabel = (bits: number): string => (bits < 9.95 ? bits.toFixed(1) : bits.toFixed(0));

interface BarProps {
  readonly index: number;
  readonly side: Side;
  readonly geometry: Geometry;
  readonly selected: boolean;
  /** Strength of the surprise, 0 to 1, where it is shown. */
  readonly heat: number | undefined;
  /** What to write beside the note about its bits. */
  readonly bits: string | undefined;
}

function Bar({ index, side, geometry, selected, heat, bits }: BarProps) {
  const note: Note = side.notes[index]!;
  const box = boxOf(note, geometry);
  const reach = reachOf(index, side.notes, geometry);
  const width = box.right - box.left;
  const edge = edgeOf(note, geometry);
  const locked = isLocked(side, note);
  const mark = octaveMark(note.fold);
  return (
    <div
      className={styles["note"]}
      data-start={note.start}
      data-length={note.length}
      data-selected={selected || undefined}
      data-locked={locked || undefined}
      data-heat={heat === undefined ? undefined : ""}
      style={{
        left: box.left,
        top: box.top,
        // A hair of paper between notes that follow each other.
        width: Math.max(2, width - 1),
        height: box.bottom - box.top - 1,
        ...(heat === undefined ? {} : ({ "--heat": heat } as React.CSSProperties)),
      }}
    >
      <div
        className={styles["reach"]}
        style={{
          left: reach.left - box.left,
          top: reach.top - box.top,
          width: reach.right - reach.left,
          height: reach.bottom - reach.top,
        }}
      />
      <div className={styles["edge"]} style={{ left: 0, width: edge }} />
      <div className={styles["edge"]} style={{ left: width - edge, width: edge }} />
      {locked && width >= 28 && <LockMark />}
      {mark && <span className={styles["octave"]}>{mark}</span>}
      {bits !== undefined && (
        <span className={styles["bits"]} data-below={box.top < 16 || undefined}>
          {bits}
        </span>
      )}
    </div>
  );
}

/** Draws the notes. */
export const Bars = memo(function Bars({
  side,
  geometry,
  selection,
  surprise,
}: {
  readonly side: Side;
  readonly geometry: Geometry;
  readonly selection: ReadonlySet<number>;
  readonly surprise: ReadonlyMap<number, number> | undefined;
}) {
  const most = surprise && mostSurprising(surprise);
  // One of them says what the numbers are.
  const unit = most && roomiest(most, side.notes, geometry);
  const label = (start: number, bits: number): string => `${bitsLabel(bits)}${start === unit ? " bits" : ""}`;
  const full = surprise ? Math.max(FULL, ...surprise.values()) : FULL;
  return side.notes.map((note, index) => {
    const bits = surprise?.get(note.start);
    return (
      <Bar
        // biome-ignore lint/suspicious/noArrayIndexKey: a note has no name of its own, and one that is dragged keeps its element.
        key={index}
        index={index}
        side={side}
        geometry={geometry}
        selected={selection.has(note.start)}
        heat={bits === undefined ? undefined : Math.max(0, Math.min(1, bits / full))}
        bits={bits !== undefined && most?.has(note.start) ? label(note.start, bits) : undefined}
      />
    );
  });
});
