/**
 * The pictures on buttons, drawn on a grid of 20 with one stroke.
 *
 * @module
 */
import styles from "./Icon.module.css";

const paths = {
  play: <path d="M6 3.5v13l10.5-6.5z" fill="currentColor" stroke="none" />,
  stop: <rect x="5" y="5" width="10" height="10" rx="1.5" fill="currentColor" stroke="none" />,
  loop: (
    <path d="M4 8.5A4.5 4.5 0 0 1 8.5 5H15m-2.5-2.5L15 5l-2.5 2.5M16 11.5A4.5 4.5 0 0 1 11.5 15H5m2.5 2.5L5 15l2.5-2.5" />
  ),
  metronome: <path d="M7 3h6l3 14H4zM5 13h10M10 13l5-8" />,
  count: (
    <path d="M4 8V5.5L2.8 6.4M8 6.2c.6-1 2.8-.9 2.8.5C10.8 7.8 8 9 8 10h3M14 5.5h3l-1.7 2c1 0 1.7.5 1.7 1.3 0 1.4-2.2 1.6-3 .6M3 14.5h14" />
  ),
  undo: <path d="M7.5 4 4 7.5 7.5 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8" />,
  redo: <path d="M12.5 4 16 7.5 12.5 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12" />,
  link: (
    <path d="M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1.2-1.2" />
  ),
  open: <path d="M3 15.5v-10h4.5l1.5 2h6.5v2M3 15.5l2.5-6h12l-2.5 6z" />,
  save: <path d="M10 4v9M6.5 9.5 10 13l3.5-3.5M4 12.5V16h12v-3.5" />,
  help: <path d="M7.3 7.5a2.7 2.7 0 1 1 3.9 2.4c-.8.4-1.2.9-1.2 1.8M10 15v.1" />,
  sun: (
    <path d="M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1" />
  ),
  moon: <path d="M16 11.5A6.5 6.5 0 0 1 8.5 4 6.5 6.5 0 1 0 16 11.5z" />,
  auto: (
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M10 3.5v13a6.5 6.5 0 0 0 0-13z" fill="currentColor" stroke="none" />
    </>
  ),
  lock: <path d="M5.5 9h9v7.5h-9zM7.5 9V6.5a2.5 2.5 0 0 1 5 0V9" />,
  star: <path d="m10 3 2.1 4.6 5 .5-3.8 3.3 1.1 4.9L10 13.8l-4.4 2.5 1.1-4.9L2.9 8.1l5-.5z" />,
  starred: <path d="m10 3 2.1 4.6 5 .5-3.8 3.3 1.1 4.9L10 13.8l-4.4 2.5 1.1-4.9L2.9 8.1l5-.5z" fill="currentColor" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  swap: <path d="M4 7h12m-3-3 3 3-3 3M16 13H4m3-3-3 3 3 3" />,
  dice: (
    <>
      <rect x="4" y="4" width="12" height="12" rx="2.5" />
      <path d="M7.5 7.5v.01M12.5 12.5v.01M10 10v.01M12.5 7.5v.01M7.5 12.5v.01" strokeWidth="2.2" />
    </>
  ),
  plus: <path d="M10 4.5v11M4.5 10h11" />,
  minus: <path d="M4.5 10h11" />,
  more: <path d="M5 10v.01M10 10v.01M15 10v.01" strokeWidth="2.4" />,
  heat: <path d="M4 16v-4M8 16V8M12 16v-6M16 16V4" strokeWidth="2" />,
} as const;

export type IconName = keyof typeof paths;

/** Draws an icon; what its button does is said by the button. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className={styles["icon"]} viewBox="0 0 20 20" aria-hidden="true">
      {paths[name]}
    </svg>
  );
}
