/**
 * A melody as a small roll: a press plays it, a drag or a key brings it to A or B.
 *
 * @module
 */
import { type ReactNode, useCallback } from "react";
import type { Notes } from "../piece/notes.ts";
import { MiniRoll } from "../roll/MiniRoll.tsx";
import { type Source, sameSource } from "../store/state.ts";
import { useStudio, useStudioState } from "./context.ts";
import { Playhead } from "./Playhead.tsx";
import styles from "./Tile.module.css";
import { useMelodyDrag } from "./use-melody-drag.ts";

interface TileProps {
  readonly source: Source;
  readonly notes: Notes;
  readonly tone: string;
  readonly label: string;
  readonly caption: string;
  readonly low?: number;
  readonly high?: number;
  /** The part of the playing path that this tile is. */
  readonly sounding?: number | undefined;
  /** Without buttons of its own. */
  readonly plain?: boolean;
  /** Further buttons. */
  readonly children?: ReactNode;
}

export function Tile({ source, notes, tone, label, caption, low, high, sounding, plain, children }: TileProps) {
  const studio = useStudio();
  const own = useStudioState((s) => sameSource(s.playing?.source, source));
  const playing = own || sounding !== undefined;
  const drag = useMelodyDrag(source, tone);
  const step = useCallback(
    () => (sounding === undefined ? studio.player.step(source) : studio.player.step({ kind: "path" }, sounding)),
    [studio, source, sounding],
  );
  return (
    <div
      className={styles["tile"]}
      data-playing={playing}
      ref={(element) => element?.style.setProperty("--tone", tone)}
    >
      <button
        type="button"
        className={styles["face"]}
        aria-label={`${playing ? "Stop" : "Play"}: ${label}`}
        aria-keyshortcuts="A B"
        title={`${label}. A or B brings it there.`}
        onClick={() => studio.player.toggle(sounding === undefined ? source : { kind: "path" })}
        onKeyDown={(e) => {
          const side = e.key.toLowerCase();
          if ((side !== "a" && side !== "b") || e.ctrlKey || e.metaKey || e.altKey) return;
          e.stopPropagation();
          studio.takeFrom(side, source);
        }}
        {...drag}
      >
        <span className={styles["picture"]}>
          <MiniRoll notes={notes} low={low} high={high} />
          {playing && <Playhead step={step} />}
        </span>
        <span className={styles["caption"]}>{caption}</span>
      </button>
      {!plain && (
        <span className={styles["actions"]}>
          <button type="button" aria-label={`Bring to A: ${label}`} onClick={() => studio.takeFrom("a", source)}>
            to A
          </button>
          <button type="button" aria-label={`Bring to B: ${label}`} onClick={() => studio.takeFrom("b", source)}>
            to B
          </button>
          {children}
        </span>
      )}
    </div>
  );
}
