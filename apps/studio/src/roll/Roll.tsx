"use client";
/**
 * The piano roll: shows one melody and edits it by mouse, touch and keyboard.
 *
 * @module
 */
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { type Notes, noteAt, sameNotes } from "../piece/notes.ts";
import type { Side, SideName } from "../piece/piece.ts";
import type { ScaleName } from "../piece/scale.ts";
import { announce } from "./announcement.ts";
import { Backdrop } from "./Backdrop.tsx";
import { Bars } from "./Bars.tsx";
import type { Scene } from "./drag.ts";
import { type Box, type Geometry, pitchAt, sizeOf, stepAt, xOf, yOf } from "./geometry.ts";
import { type Cursor, stroke } from "./keystrokes.ts";
import { Mirror } from "./Mirror.tsx";
import { Piano } from "./Piano.tsx";
import styles from "./Roll.module.css";
import { Ruler } from "./Ruler.tsx";
import { useEdges } from "./useEdges.ts";
import { useFit } from "./useFit.ts";
import { mergeKey, useGestures } from "./useGestures.ts";
import { useHover } from "./useHover.ts";
import { usePlayhead } from "./usePlayhead.ts";
import { useView } from "./useView.ts";
import { useViewport } from "./useViewport.ts";

/** What belongs to an edit besides the notes. */
export interface EditOptions {
  /** Edits in a row with the same key are one step of undo. */
  readonly merge?: string;
  /** Starts of the notes that are selected after it; without it the selection stays. */
  readonly selection?: readonly number[];
}

export interface RollProps {
  readonly side: Side;
  readonly name: SideName;
  /** Starts of the selected notes. */
  readonly selection: ReadonlySet<number>;
  readonly scale: ScaleName;
  /** Bits of surprise by the start of a note: shown as a heat map where given. */
  readonly surprise?: ReadonlyMap<number, number> | undefined;
  /** The step that sounds, a fraction; read once a frame, only while playing. */
  readonly playhead: () => number | undefined;
  readonly playing: boolean;
  /** A changed melody, what was done in words, and how it joins the history. */
  onEdit(notes: Notes, label: string, options?: EditOptions): void;
  onSelect(starts: readonly number[]): void;
  /** A pitch to sound at once, as it is written: in C. */
  onAudition(pitchInC: number): void;
  /** Steps to lock, or to free where all are locked. */
  onLock(steps: readonly number[]): void;
}

/** Sixteenths of the first note that is added: an eighth. */
const FIRST_LENGTH = 2;

/** Where the cursor of an empty roll stands: C5. */
const MIDDLE_C = 72;

const cellStyle = ({ step, pitch }: Cursor, geometry: Geometry): CSSProperties => ({
  left: xOf(step, geometry),
  top: yOf(pitch, geometry),
  width: xOf(step + 1, geometry) - xOf(step, geometry) - 1,
  height: yOf(pitch - 1, geometry) - yOf(pitch, geometry) - 1,
});

const boxStyle = ({ left, top, right, bottom }: Box): CSSProperties => ({
  left,
  top,
  width: right - left,
  height: bottom - top,
});

/** Shows and edits a melody; fills the height that its parent gives it, at least 200 pixels. */
export function Roll(props: RollProps) {
  const { side, name, selection, scale, surprise, playing } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const plane = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const edges = useRef<HTMLDivElement>(null);
  const hint = useId();
  const length = useRef(FIRST_LENGTH);
  const [cursor, setCursor] = useState<Cursor>(() => ({
    step: side.notes[0]?.start ?? 0,
    pitch: side.notes[0]?.pitch ?? MIDDLE_C,
  }));
  // The cursor shows when keys are used, not when the mouse is.
  const [byKeys, setByKeys] = useState(false);
  const nudge = useRef("");
  const written = useRef<Notes>(undefined);
  const own = useCallback((notes: Notes) => written.current !== undefined && sameNotes(written.current, notes), []);
  const viewport = useViewport(scroller);
  const geometry = useFit(viewport, side.notes, own);

  const onEdit: RollProps["onEdit"] = (notes, label, options) => {
    written.current = notes;
    props.onEdit(notes, label, options);
  };
  const scene = (): Scene | undefined =>
    geometry && { notes: side.notes, selection, scale, geometry, length: length.current };
  const onLength = (sixteenths: number): void => {
    length.current = sixteenths;
  };

  const hover = useHover(scroller);
  const onAudition = (pitch: number): void => {
    props.onAudition(pitch);
    const now = scene();
    if (now && pitch >= 50 && pitch <= 86) hover.key(now, side.place, pitch);
  };
  const { onSelect, onAudition: audition } = props;
  const gestures = useGestures({
    name,
    notes: side.notes,
    scroller,
    plane,
    scene,
    onEdit,
    onSelect,
    onAudition,
    onLength,
  });
  const reveal = useView(viewport, geometry, side.notes, own);
  useEdges(viewport, scroller, edges, geometry, side.notes);
  // What the roll wrote and somebody replaced comes from elsewhere when it returns.
  useLayoutEffect(() => {
    if (!own(side.notes)) written.current = undefined;
  }, [side.notes, own]);
  usePlayhead(playing, props.playhead, geometry, { scroller, plane, line });

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (gestures.isActive()) {
      if (event.key !== "Escape" || !gestures.stop()) return;
      event.preventDefault();
      announce("Called off, everything is as it was");
      return;
    }
    const done = stroke(
      { side, selection, scale, surprise, cursor, length: length.current },
      { key: event.key, shift: event.shiftKey, alt: event.altKey, command: event.ctrlKey || event.metaKey },
    );
    if (!done) return;
    event.preventDefault();
    setByKeys(true);
    hover.off();
    // A key that is held is one step of undo.
    if (!event.repeat) nudge.current = mergeKey(name);
    if (done.length !== undefined) onLength(done.length);
    if (done.edit) {
      const { notes, label, selection: after } = done.edit;
      onEdit(notes, label, { merge: nudge.current, ...(after && { selection: after }) });
    }
    if (done.select) onSelect(done.select);
    if (done.lock) props.onLock(done.lock);
    if (done.audition !== undefined) audition(done.audition);
    if (done.cursor) {
      setCursor(done.cursor);
      reveal(done.cursor);
    }
    announce(done.say);
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    setByKeys(false);
    if (!geometry || event.button !== 0) return;
    const { x, y } = gestures.at(event);
    const step = stepAt(x, geometry);
    const sounding = noteAt(side.notes, step);
    const pitch = pitchAt(y, geometry);
    setCursor({ step, pitch: sounding && Math.abs(sounding.pitch - pitch) < 2 ? sounding.pitch : pitch });
    if (event.pointerType === "mouse") hover.off();
    gestures.down(event);
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    if (gestures.isActive()) {
      gestures.move(event);
      return;
    }
    const now = scene();
    if (!now || event.pointerType !== "mouse" || event.buttons !== 0) return;
    const { x, y, shift } = gestures.at(event);
    if (shift) hover.off();
    else hover.over(now, side.place, x, y);
  };

  const letter = name.toUpperCase();
  return (
    <div className={styles["roll"]}>
      <div
        ref={scroller}
        className={styles["scroller"]}
        role="application"
        aria-roledescription="piano roll"
        aria-label={`Melody ${letter}`}
        aria-describedby={hint}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is worked by keys.
        tabIndex={0}
        data-by-keys={byKeys || undefined}
        onKeyDown={onKeyDown}
        onFocus={(event) => setByKeys(event.currentTarget.matches(":focus-visible"))}
        onBlur={() => setByKeys(false)}
      >
        {geometry && (
          <div className={styles["sheet"]} aria-hidden="true">
            <div className={styles["corner"]} style={{ width: geometry.piano, height: geometry.ruler }} />
            <Ruler geometry={geometry} locked={side.locked} />
            <Piano geometry={geometry} place={side.place} onAudition={audition} />
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the picture is for pointers, the application around it for keys. */}
            <div
              ref={plane}
              className={styles["plane"]}
              data-plane={name}
              data-active={gestures.active || undefined}
              style={sizeOf(geometry)}
              onPointerDown={onPointerDown}
              onPointerMove={onPointerMove}
              onPointerUp={gestures.up}
              onPointerCancel={gestures.lost}
              onPointerLeave={hover.off}
              onContextMenu={(event) => {
                const { button, ctrlKey, nativeEvent } = event;
                const touched = (nativeEvent as unknown as Partial<globalThis.PointerEvent>).pointerType === "touch";
                if (
                  touched ||
                  ((button === 2 || ctrlKey) && gestures.erase(event as unknown as PointerEvent<HTMLElement>))
                )
                  event.preventDefault();
              }}
            >
              <Backdrop geometry={geometry} scale={scale} place={side.place} />
              <div className={styles["ghost"]} data-ghost="" hidden />
              <Bars side={side} geometry={geometry} selection={selection} surprise={surprise} />
              {gestures.box && <div className={styles["box"]} style={boxStyle(gestures.box)} />}
              <div className={styles["cursor"]} style={cellStyle(cursor, geometry)} />
              <div ref={line} className={styles["playhead"]} hidden />
            </div>
          </div>
        )}
      </div>
      {geometry && (
        <div
          ref={edges}
          className={styles["edges"]}
          aria-hidden="true"
          style={{ "--piano": `${geometry.piano}px`, "--ruler": `${geometry.ruler}px` } as CSSProperties}
        >
          {(["up", "down", "left", "right"] as const).map((edge) => (
            <span key={edge} className={styles["more"]} data-more={edge} hidden />
          ))}
        </div>
      )}
      <p id={hint} className={styles["spoken"]}>
        Arrow keys move the cursor, Enter adds a note or selects the one there, Delete removes, Alt with arrows moves a
        note, brackets change its length, comma and full stop go from note to note.
      </p>
      <Mirror label={`Notes of melody ${letter}`} side={side} selection={selection} surprise={surprise} />
    </div>
  );
}
