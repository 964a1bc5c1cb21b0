/**
 * A page with one roll and its own small history, for the tests of the roll in a browser.
 *
 * @module
 */
import { useReducer, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import "../../src/app/tokens.css";
import "../../src/app/globals.css";
import type { Note, Notes } from "../../src/piece/notes.ts";
import { emptySide, type Side, toggleLock } from "../../src/piece/piece.ts";
import type { ScaleName } from "../../src/piece/scale.ts";
import { Announcer } from "../../src/roll/Announcer.tsx";
import { MiniRoll } from "../../src/roll/MiniRoll.tsx";
import { Roll } from "../../src/roll/Roll.tsx";
import "./page.css";

const asked = new URLSearchParams(location.search);

const note = ([pitch, start, length, fold = 0]: readonly number[]): Note => ({
  pitch: pitch!,
  start: start!,
  length: length!,
  fold,
});

const melodies: Readonly<Record<string, Notes>> = {
  empty: [],
  few: [
    [72, 0, 4],
    [76, 4, 4],
    [79, 8, 8],
    [74, 16, 2],
    [71, 20, 4],
  ].map(note),
  full: Array.from({ length: 32 }, (_, i) => note([66 + [0, 3, 5, 7, 10, 12, 7, 5][i % 8]! + (i % 3), i, 1])),
  tune: [
    [67, 0, 2],
    [71, 2, 2],
    [74, 4, 4],
    [76, 8, 2],
    [74, 10, 1],
    [72, 11, 1],
    [71, 12, 4],
    [69, 16, 3],
    [71, 19, 1],
    [72, 20, 2, 1],
    [66, 22, 2],
    [67, 24, 8],
  ].map(note),
};

if (asked.has("theme")) document.documentElement.dataset["theme"] = asked.get("theme")!;

/** What tests read and drive. */
const log = {
  notes: melodies[asked.get("notes") ?? "few"]!,
  selection: [] as readonly number[],
  locked: [] as readonly number[],
  edits: [] as { label: string; merge: string | undefined }[],
  heard: [] as number[],
  step: undefined as number | undefined,
  renders: 0,
  replace: (_: Notes): void => undefined,
  play: (_: boolean): void => undefined,
};
Object.assign(globalThis, { harness: log });

const first: Side = {
  ...emptySide("Test"),
  notes: log.notes,
  place: { keyShift: Number(asked.get("key") ?? 0), octaveShift: Number(asked.get("octave") ?? 0) },
  locked: (asked.get("locked") ?? "").split(",").filter(Boolean).map(Number),
};

const name = asked.get("side") === "b" ? "b" : "a";

function Page() {
  log.renders++;
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const side = useRef(first);
  const selection = useRef<ReadonlySet<number>>(new Set());
  const [playing, setPlaying] = useState(false);
  log.notes = side.current.notes;
  log.selection = [...selection.current].sort((a, b) => a - b);
  log.locked = side.current.locked;
  log.replace = (notes) => {
    side.current = { ...side.current, notes };
    redraw();
  };
  log.play = setPlaying;
  const { notes } = side.current;
  const surprise = asked.has("heat")
    ? new Map(notes.map((n, i) => [n.start, [1.2, 0.4, 3.1, 8.6, 2, 5.2, 1][i % 7]!] as const))
    : undefined;
  return (
    <>
      <div className="frame" style={{ "--tone": `var(--${name})` } as React.CSSProperties}>
        <Roll
          side={side.current}
          name={name}
          selection={selection.current}
          scale={(asked.get("scale") ?? "chromatic") as ScaleName}
          surprise={surprise}
          playhead={() => log.step}
          playing={playing}
          onEdit={(next, label, options) => {
            log.edits.push({ label, merge: options?.merge });
            side.current = { ...side.current, notes: next };
            if (options?.selection) selection.current = new Set(options.selection);
            redraw();
          }}
          onSelect={(starts) => {
            selection.current = new Set(starts);
            redraw();
          }}
          onAudition={(pitch) => log.heard.push(pitch)}
          onLock={(steps) => {
            side.current = toggleLock(side.current, steps);
            redraw();
          }}
        />
      </div>
      <div className="minis" style={{ color: `var(--${name})` }}>
        {[notes, ...Object.values(melodies)].map((melody, i) => (
          <div key={String(i)} className="mini">
            <MiniRoll notes={melody} playhead={i === 1 ? 12.5 : undefined} />
          </div>
        ))}
      </div>
      <button type="button">After</button>
      <Announcer />
    </>
  );
}

createRoot(document.getElementById("root")!).render(<Page />);
