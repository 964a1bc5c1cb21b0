/**
 * The lock that marks a note which stays.
 *
 * @module
 */
import styles from "./Roll.module.css";

/** Draws a small lock. */
export function LockMark() {
  return (
    <svg className={styles["lockMark"]} viewBox="0 0 8 10" width="8" height="10" aria-hidden="true">
      <path d="M2 4.5V3a2 2 0 0 1 4 0v1.500" fill="none" stroke="currentColor" strokeWidth="1.2" />
      <rect x="0.5" y="4.5" width="7" height="5" rx="1" fill="currentColor" />
    </svg>
  );
}
