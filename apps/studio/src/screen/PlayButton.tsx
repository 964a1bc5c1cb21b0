/**
 * The button that plays a melody and stops it.
 *
 * @module
 */
import type { ReactNode } from "react";
import { type Source, sameSource } from "../store/state.ts";
import { useStudio, useStudioState } from "./context.ts";
import { Icon } from "./Icon.tsx";
import styles from "./PlayButton.module.css";

interface PlayButtonProps {
  readonly source: Source;
  /** What plays, after “Play”. */
  readonly label: string;
  /** A letter beside the triangle. */
  readonly children?: ReactNode;
}

export function PlayButton({ source, label, children }: PlayButtonProps) {
  const studio = useStudio();
  const playing = useStudioState((s) => sameSource(s.playing?.source, source));
  return (
    <button
      type="button"
      className={styles["play"]}
      aria-label={playing ? `Stop ${label}` : `Play ${label}`}
      onClick={() => studio.player.toggle(source)}
    >
      {children && <span>{children}</span>}
      <Icon name={playing ? "stop" : "play"} />
    </button>
  );
}
