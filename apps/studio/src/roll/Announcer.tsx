"use client";
/**
 * The live region of the page, one for all: what `announce` is given is spoken there.
 *
 * @module
 */
import { useSyncExternalStore } from "react";
import styles from "./Announcer.module.css";
import { announcement, noAnnouncement, onAnnouncement } from "./announcement.ts";

export { announce } from "./announcement.ts";

/** Renders the live region; a page has it once. */
export function Announcer() {
  const { text, count } = useSyncExternalStore(onAnnouncement, announcement, noAnnouncement);
  // Two places in turn: the same words twice are two changes, and readers speak both.
  return (
    <div className={styles["announcer"]} role="status" aria-live="polite">
      <span>{count % 2 === 0 ? text : ""}</span>
      <span>{count % 2 === 1 ? text : ""}</span>
    </div>
  );
}
