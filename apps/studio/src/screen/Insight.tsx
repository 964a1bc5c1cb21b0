/**
 * How typical a melody is for the model, and its most surprising note.
 *
 * @module
 */
import { noteAt, openPitch } from "../piece/notes.ts";
import type { SideName } from "../piece/piece.ts";
import { noteName, positionWords } from "../roll/words.ts";
import { chance, mostSurprising, rankOf, typicalSentence } from "../store/insight.ts";
import { usePiece, useStudioState } from "./context.ts";
import styles from "./Insight.module.css";

export function Insight({ name }: { readonly name: SideName }) {
  const side = usePiece((p) => p[name]);
  const insight = useStudioState((s) => s.insight[name]);
  const typical = useStudioState((s) => s.typical);
  const model = useStudioState((s) => s.model);
  const current = insight?.notes === side.notes ? insight : undefined;
  const shown = current ?? insight;
  const top = shown && mostSurprising(shown);
  const note = top && noteAt(shown.notes, top[0]);
  const rank = shown && typical ? rankOf(shown.bits, typical) : undefined;
  return (
    <div className={styles["insight"]} data-stale={current === undefined}>
      <svg className={styles["meter"]} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <path className={styles["scale"]} d="M0 4H100" />
        <path className={styles["middle"]} d="M25 4H75" />
        {rank !== undefined && <path className={styles["here"]} d={`M${1 + 98 * rank} 0V8`} />}
      </svg>
      <p>
        {shown && side.notes.length > 0
          ? typicalSentence(shown.bits, typical)
          : side.notes.length === 0
            ? "No notes yet."
            : model.kind === "failed"
              ? model.message
              : "Listening…"}{" "}
        {side.notes.length > 0 && note && top && (
          <span className={styles["note"]}>
            Most surprising: the {noteName(openPitch(note), side.place)} at {positionWords(note.start)}, a chance of{" "}
            {chance(top[1])}.
          </span>
        )}
      </p>
    </div>
  );
}
