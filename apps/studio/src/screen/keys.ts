/**
 * The keys of the whole page, what they do, and how the help sheet lists them with those of the rolls.
 *
 * @module
 */
import { barSteps } from "../store/sides.ts";
import type { Studio } from "../store/studio.ts";

/** Keys without modifiers; they rest while something is typed. */
const plainKeys: Readonly<Record<string, (studio: Studio) => void>> = {
  " ": (s) => (s.state.playing ? s.player.stop() : s.player.play({ kind: "side", side: s.state.focus })),
  p: (s) => s.player.toggle({ kind: "path" }),
  d: (s) => void s.model.draw(s.state.focus),
  v: (s) => void s.model.vary(s.state.focus),
  c: (s) => void s.model.cross(s.state.focus),
  "1": (s) => s.lock(s.state.focus, barSteps(0)),
  "2": (s) => s.lock(s.state.focus, barSteps(1)),
  x: (s) => s.swap(),
  f: (s) => s.favour(s.state.focus),
  h: (s) => s.prefer({ surprise: !s.state.preferences.surprise }),
  m: (s) => s.prefer({ metronome: !s.state.preferences.metronome }),
  o: () => document.getElementById("open-file")?.click(),
  k: (s) => s.files.link(),
  s: (s) => void s.files.save({ kind: "side", side: s.state.focus }, "mid"),
  w: (s) => void s.files.save({ kind: "side", side: s.state.focus }, "wav"),
  "?": (s) => s.show({ kind: "help" }),
};

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.matches("input:not([type=range],[type=radio],[type=file]), textarea, select") || target.isContentEditable);

/** Does what a key is for; returns whether it was one of the page's. */
export function pressKey(studio: Studio, e: KeyboardEvent): boolean {
  const command = e.ctrlKey || e.metaKey;
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (typing(e.target) || studio.state.sheet) return false;
  if (command && !e.altKey && (key === "z" || key === "y")) {
    // A drag that goes on would write over what undo brings back.
    if (document.querySelector("[data-active]")) return true;
    if (key === "y" || e.shiftKey) studio.redo();
    else studio.undo();
    return true;
  }
  if (command || e.altKey) return false;
  // On a button the space bar presses it.
  if (key === " " && e.target instanceof HTMLElement && e.target.closest("button, summary, [role=radio], input"))
    return false;
  const run = Object.hasOwn(plainKeys, key) ? plainKeys[key] : undefined;
  if (!run || e.repeat) return false;
  // Nor does anything but the space bar come between a drag and its end.
  if (key !== " " && document.querySelector("[data-active]")) return true;
  run(studio);
  return true;
}

type Row = readonly [keys: readonly string[], what: string];

/** Groups of keys for the help sheet. */
export const helpKeys: readonly (readonly [group: string, rows: readonly Row[]])[] = [
  [
    "Anywhere",
    [
      [["Space"], "Play or stop the melody in focus"],
      [["P"], "Play the path"],
      [["D"], "Draw"],
      [["V"], "Vary"],
      [["C"], "Take the other’s pitches"],
      [["X"], "Exchange A and B"],
      [["1", "2"], "Lock or free a bar"],
      [["F"], "Add to favourites"],
      [["H"], "Show what surprises"],
      [["M"], "Metronome"],
      [["O"], "Open a file"],
      [["K"], "Link"],
      [["S"], "Save as MIDI"],
      [["W"], "Save as WAV"],
      [["Ctrl", "Z"], "Undo"],
      [["Ctrl", "Y"], "Redo"],
    ],
  ],
  [
    "In a roll",
    [
      [["← ↑ → ↓"], "Move the cursor"],
      [["Ctrl", "← →"], "By a beat"],
      [["PgUp", "PgDn"], "By an octave"],
      [[",", "."], "From note to note"],
      [["Enter"], "Write a note, or select it"],
      [["Del"], "Delete"],
      [["Alt", "←↑→↓"], "Move the selection"],
      [["Shift", "Alt", "↑↓"], "Move it an octave"],
      [["[", "]"], "Shorter, longer"],
      [["{", "}"], "Start earlier, later"],
      [["L"], "Lock or free the selection"],
      [["Ctrl", "A"], "Select all"],
      [["Esc"], "Select nothing"],
    ],
  ],
  [
    "On a small roll",
    [
      [["Enter"], "Hear it"],
      [["A"], "Bring it to A"],
      [["B"], "Bring it to B"],
    ],
  ],
];
