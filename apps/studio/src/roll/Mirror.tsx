/**
 * The melody as a list of words, for those who do not see the picture.
 *
 * @module
 */
import { memo } from "react";
import type { Side } from "../piece/piece.ts";
import styles from "./Roll.module.css";
import { noteWords } from "./words.ts";

/** Lists the notes in words, hidden from sight only. */
export const Mirror = memo(function Mirror({
  label,
  side,
  selection,
  surprise,
}: {
  readonly label: string;
  readonly side: Side;
  readonly selection: ReadonlySet<number>;
  readonly surprise: ReadonlyMap<number, number> | undefined;
}) {
  if (side.notes.length === 0) return <p className={styles["spoken"]}>{label}: there are none yet.</p>;
  return (
    <ol className={styles["spoken"]} aria-label={label}>
      {side.notes.map((note) => (
        <li key={note.start}>{noteWords(note, { side, selection, surprise })}</li>
      ))}
    </ol>
  );
});
