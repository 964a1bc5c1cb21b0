/**
 * The mark: a path from a warm point to a cool one.
 *
 * @module
 */
import styles from "./Mark.module.css";

export function Mark() {
  return (
    <svg className={styles["mark"]} viewBox="0 0 32 20" aria-hidden="true">
      <path className={styles["path"]} d="M5 15C12 15 12 5 27 5" />
      <circle className={styles["a"]} cx="5" cy="15" r="4" />
      <circle className={styles["b"]} cx="27" cy="5" r="4" />
    </svg>
  );
}
