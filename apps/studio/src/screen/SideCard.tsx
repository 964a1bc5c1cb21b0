/**
 * One of the two melodies: its roll, where it sounds, what the model thinks of it and what it can do with it.
 *
 * @module
 */
import { useCallback, useMemo } from "react";
import { tonicOf, tonics, withTonic } from "../piece/keys.ts";
import { type Shape, type SideName, stepsOf, type VoiceName, voiceNames } from "../piece/piece.ts";
import { Roll } from "../roll/Roll.tsx";
import { barSteps, otherSide } from "../store/sides.ts";
import { usePiece, useStudio, useStudioState } from "./context.ts";
import { Choice, IconButton, Menu, Slider } from "./controls.tsx";
import { Insight } from "./Insight.tsx";
import { PlayButton } from "./PlayButton.tsx";
import styles from "./SideCard.module.css";

const voiceLabels = { keys: "Keys", whistle: "Whistle", fiddle: "Fiddle" } as const satisfies Record<VoiceName, string>;

const sliders = [
  ["register", "Register", "lower", "higher"],
  ["density", "Density", "fewer notes", "more notes"],
  ["leaps", "Leaps", "smoother", "wider"],
] as const satisfies readonly (readonly [keyof Shape, string, string, string])[];

const signed = (value: number): string =>
  value === 0 ? "0" : `${value > 0 ? "+" : "−"}${Math.abs(Math.round(value * 100))}`;

/** Title, key, octave and voice. */
function Head({ name }: { readonly name: SideName }) {
  const studio = useStudio();
  const side = usePiece((p) => p[name]);
  const Name = name.toUpperCase();
  const move = (octaves: number): void =>
    studio.place(name, { ...side.place, octaveShift: side.place.octaveShift + 12 * octaves });
  return (
    <div className={styles["head"]}>
      <PlayButton source={{ kind: "side", side: name }} label={`melody ${Name}`}>
        {Name}
      </PlayButton>
      <input
        type="text"
        className={styles["title"]}
        aria-label={`Title of melody ${Name}`}
        value={side.title}
        maxLength={40}
        onChange={(e) => studio.title(name, e.currentTarget.value)}
        onBlur={() => studio.endGesture()}
      />
      <div className={styles["where"]}>
        <Choice
          label={`Key of ${Name}`}
          labelHidden
          value={String(tonicOf(side.place))}
          options={tonics.map((t, i) => [String(i), `in ${t}`] as const)}
          onChange={(t) => studio.place(name, withTonic(side.place, Number(t)))}
        />
        <fieldset className={styles["octave"]} aria-label={`Octave of ${Name}`}>
          <IconButton icon="minus" label={`${Name} an octave down`} onClick={() => move(-1)} />
          <span aria-hidden="true">8va</span>
          <IconButton icon="plus" label={`${Name} an octave up`} onClick={() => move(1)} />
        </fieldset>
        <Choice
          label={`Voice of ${Name}`}
          labelHidden
          value={side.voice}
          options={voiceNames.map((v) => [v, voiceLabels[v]] as const)}
          onChange={(v) => studio.voice(name, v)}
        />
        <More name={name} />
      </div>
    </div>
  );
}

/** What is needed less often. */
function More({ name }: { readonly name: SideName }) {
  const studio = useStudio();
  const source = { kind: "side", side: name } as const;
  const Name = name.toUpperCase();
  const locked = usePiece((p) => p[name].locked);
  const isBarLocked = (bar: number): boolean => barSteps(bar).every((step) => locked.includes(step));
  const items: readonly (readonly [text: string, keys: string, run: () => void])[] = [
    ["Save as MIDI", "S", () => void studio.files.save(source, "mid")],
    ["Save as ABC", "", () => void studio.files.save(source, "abc")],
    ["Save as WAV", "W", () => void studio.files.save(source, "wav")],
    ["Add to favourites", "F", () => studio.favour(name)],
    ["A semitone up", "", () => studio.transpose(name, 1)],
    ["A semitone down", "", () => studio.transpose(name, -1)],
    [`${isBarLocked(0) ? "Free" : "Lock"} bar 1`, "1", () => studio.lock(name, barSteps(0))],
    [`${isBarLocked(1) ? "Free" : "Lock"} bar 2`, "2", () => studio.lock(name, barSteps(1))],
    ["Exchange A and B", "X", () => studio.swap()],
    ["Clear", "", () => studio.clear(name)],
  ];
  return (
    <Menu label={`More for ${Name}`} icon="more">
      {items.map(([text, keys, run]) => (
        <button key={text} type="button" onClick={run}>
          {text} {keys && <kbd>{keys}</kbd>}
        </button>
      ))}
    </Menu>
  );
}

/** What the model does with the melody. */
function Tools({ name }: { readonly name: SideName }) {
  const studio = useStudio();
  const side = usePiece((p) => p[name]);
  const seed = usePiece((p) => p.seed);
  const similarity = usePiece((p) => p.similarity);
  const otherEmpty = usePiece((p) => p[otherSide(name)].notes.length === 0);
  const busy = useStudioState((s) => s.busy[name]);
  const Other = otherSide(name).toUpperCase();
  const empty = side.notes.length === 0;
  const locked = side.locked.length > 0;
  const selection = useStudioState((s) => s.selection[name]);
  return (
    <div className={styles["tools"]} aria-busy={busy}>
      <div className={styles["buttons"]}>
        <button
          type="button"
          className={styles["draw"]}
          title={locked ? "Writes everything that is not locked anew (D)" : `A new melody, seed ${seed} (D)`}
          onClick={() => void studio.model.draw(name)}
        >
          {locked ? "Draw the rest" : "Draw"}
        </button>
        <button
          type="button"
          className={styles["second"]}
          disabled={empty && side.origin.length === 0}
          title={`A variation of the original, ${Math.round(similarity * 100)} % similar (V)`}
          onClick={() => void studio.model.vary(name)}
        >
          Vary
        </button>
        <button
          type="button"
          className={styles["second"]}
          disabled={empty || otherEmpty}
          title={`This rhythm with the pitches of ${Other} (C)`}
          onClick={() => void studio.model.cross(name)}
        >
          {Other}’s pitches
        </button>
        <IconButton
          icon="lock"
          label={
            selection.length > 0
              ? "Lock or free the selected notes"
              : locked
                ? "Free all locks"
                : "Select notes to lock them"
          }
          keys="L"
          disabled={selection.length === 0 && !locked}
          pressed={locked}
          onClick={() =>
            studio.lock(name, selection.length > 0 ? stepsOf(side.notes, new Set(selection)) : side.locked)
          }
        />
      </div>
      <div className={styles["sliders"]}>
        {sliders.map(([key, label, low, high]) => (
          <Slider
            key={key}
            label={label}
            hint={`${low} ← → ${high}; double click for 0`}
            value={side.shape[key]}
            least={-1}
            most={1}
            step={0.05}
            home={0}
            disabled={empty && side.origin.length === 0}
            text={signed(side.shape[key])}
            onChange={(value) => studio.shape(name, { ...side.shape, [key]: Math.round(value * 100) / 100 })}
            onCommit={() => studio.endGesture()}
          />
        ))}
      </div>
    </div>
  );
}

/**
 * The card of a melody.
 * @param parts how much of it is drawn: 1 its head, 2 its roll too, 3 all
 */
export function SideCard({ name, parts }: { readonly name: SideName; readonly parts: number }) {
  const studio = useStudio();
  const side = usePiece((p) => p[name]);
  const scale = usePiece((p) => p.scale);
  const selected = useStudioState((s) => s.selection[name]);
  const focused = useStudioState((s) => s.focus === name);
  const insight = useStudioState((s) => s.insight[name]);
  const heat = useStudioState((s) => s.preferences.surprise);
  const playing = useStudioState((s) => s.playing?.source.kind === "side" && s.playing.source.side === name);
  const selection = useMemo(() => new Set(selected), [selected]);
  const playhead = useCallback(() => studio.player.step({ kind: "side", side: name }), [studio, name]);
  const surprise = heat && insight?.notes === side.notes ? insight.noteBits : undefined;
  return (
    <section
      className={styles["card"]}
      data-side={name}
      data-drop={name}
      data-focused={focused}
      aria-label={`Melody ${name.toUpperCase()}`}
      onFocus={() => studio.focus(name)}
      onPointerDown={() => studio.focus(name)}
    >
      <Head name={name} />
      <div className={styles["roll"]}>
        {parts >= 2 && (
          <Roll
            side={side}
            name={name}
            selection={selection}
            scale={scale}
            surprise={surprise}
            playhead={playhead}
            playing={playing}
            onEdit={(notes, _label, options) => studio.edit(name, notes, options)}
            onSelect={(starts) => studio.select(name, starts)}
            onAudition={(pitch) => studio.player.audition(name, pitch)}
            onLock={(steps) => studio.lock(name, steps)}
          />
        )}
        {side.notes.length === 0 && (
          <p className={styles["empty"]}>Press Draw, write notes here, or drop a MIDI file.</p>
        )}
      </div>
      {parts >= 3 && <Insight name={name} />}
      {parts >= 3 && <Tools name={name} />}
    </section>
  );
}
