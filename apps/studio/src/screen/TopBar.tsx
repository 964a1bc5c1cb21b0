/**
 * The bar at the top: the name, playing, undo, files and the look of the page.
 *
 * @module
 */
import { useRef } from "react";
import { canRedo, canUndo } from "../keep/timeline.ts";
import { TEMPO } from "../piece/piece.ts";
import { usePiece, useStudio, useStudioState } from "./context.ts";
import { IconButton, NumberField, Slider } from "./controls.tsx";
import { Mark } from "./Mark.tsx";
import styles from "./TopBar.module.css";

const themes = ["system", "light", "dark"] as const;
const themeIcons = { system: "auto", light: "sun", dark: "moon" } as const;
const themeNames = { system: "as the system", light: "light", dark: "dark" } as const;

/** Plays, stops and says how. */
export function Transport() {
  const studio = useStudio();
  const playing = useStudioState((s) => s.playing !== undefined);
  const counting = useStudioState((s) => s.playing?.counting ?? false);
  const focus = useStudioState((s) => s.focus);
  const preferences = useStudioState((s) => s.preferences);
  const tempo = usePiece((p) => p.tempo);
  return (
    <fieldset className={styles["transport"]} aria-label="Playing">
      <button
        type="button"
        className={styles["play"]}
        aria-keyshortcuts="Space"
        title={playing ? "Stop (Space)" : `Play ${focus.toUpperCase()} (Space)`}
        onClick={() => (playing ? studio.player.stop() : studio.player.play({ kind: "side", side: focus }))}
      >
        {playing ? (counting ? "One…" : "Stop") : `Play ${focus.toUpperCase()}`}
      </button>
      <IconButton
        icon="loop"
        label="Loop"
        pressed={preferences.loop}
        onClick={() => studio.prefer({ loop: !preferences.loop })}
      />
      <IconButton
        icon="metronome"
        label="Metronome"
        keys="M"
        pressed={preferences.metronome}
        onClick={() => studio.prefer({ metronome: !preferences.metronome })}
      />
      <IconButton
        icon="count"
        label="Count in a bar"
        pressed={preferences.countIn}
        onClick={() => studio.prefer({ countIn: !preferences.countIn })}
      />
      <NumberField
        label="Tempo"
        unit="bpm"
        value={Math.round(tempo)}
        {...TEMPO}
        onChange={(value) => studio.settings({ tempo: value })}
      />
      <div className={styles["volume"]}>
        <Slider
          label="Volume"
          value={preferences.volume}
          least={0}
          most={1}
          step={0.05}
          text={`${Math.round(preferences.volume * 100)} %`}
          onChange={(volume) => studio.prefer({ volume })}
        />
      </div>
    </fieldset>
  );
}

/** The bar. */
export function TopBar() {
  const studio = useStudio();
  const undoable = useStudioState((s) => canUndo(s.timeline));
  const redoable = useStudioState((s) => canRedo(s.timeline));
  const theme = useStudioState((s) => s.preferences.theme);
  const files = useRef<HTMLInputElement>(null);
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length]!;
  return (
    <header className={styles["bar"]}>
      <h1 className={styles["name"]}>
        <Mark /> <span>normflow</span>
      </h1>
      <Transport />
      <div className={styles["tools"]}>
        <IconButton icon="undo" label="Undo" keys="Control+Z" disabled={!undoable} onClick={() => studio.undo()} />
        <IconButton icon="redo" label="Redo" keys="Control+Y" disabled={!redoable} onClick={() => studio.redo()} />
        <IconButton icon="open" label="Open a melody or a model file" keys="O" onClick={() => files.current?.click()} />
        <IconButton icon="link" label="Link to this piece" keys="K" onClick={() => studio.files.link()} />
        <IconButton
          icon={themeIcons[theme]}
          label={`Colours: ${themeNames[theme]}`}
          onClick={() => studio.prefer({ theme: nextTheme })}
        />
        <IconButton icon="help" label="Help and keys" keys="?" onClick={() => studio.show({ kind: "help" })} />
        <input
          ref={files}
          id="open-file"
          type="file"
          hidden
          accept=".mid,.midi,.abc,.xml,.musicxml,.mxl,.safetensors"
          onChange={(e) => {
            const file = e.currentTarget.files?.[0];
            if (file) void studio.files.open(file, studio.state.focus);
            // The same file may be chosen again.
            e.currentTarget.value = "";
          }}
        />
      </div>
    </header>
  );
}
