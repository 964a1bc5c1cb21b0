/**
 * The slim keyboard at the left of the roll: the keys that sound, the tonics by name.
 *
 * @module
 */
import { GRID_HIGHEST } from "@normflow/music";
import { memo, type PointerEvent, useRef } from "react";
import { shiftOf } from "../piece/keys.ts";
import type { Place } from "../piece/piece.ts";
import { isBlack } from "./Backdrop.tsx";
import { type Geometry, pitchAt, ROWS, sizeOf, yOf } from "./geometry.ts";
import styles from "./Roll.module.css";
import { noteName } from "./words.ts";

const pitches = Array.from({ length: ROWS }, (_, i) => GRID_HIGHEST - i);

/** Draws the keys and sounds those that are pressed; a mouse may glide over them. */
export const Piano = memo(function Piano({
  geometry,
  place,
  onAudition,
}: {
  readonly geometry: Geometry;
  readonly place: Place;
  onAudition(pitchInC: number): void;
}) {
  const last = useRef<number>(undefined);
  const sound = (event: PointerEvent<HTMLElement> | React.MouseEvent<HTMLElement>): void => {
    const pitch = pitchAt(event.clientY - event.currentTarget.getBoundingClientRect().top, geometry);
    if (pitch !== last.current) onAudition(pitch);
    last.current = pitch;
  };
  const { rowHeight, piano } = geometry;
  const { height } = sizeOf(geometry);
  const hair = 1 / geometry.ratio;
  const black = (pitch: number): boolean => isBlack(pitch + shiftOf(place));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the picture is hidden from readers; the keyboard has its own way to hear notes.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same.
    <div
      className={styles["piano"]}
      style={{ width: piano, height: height }}
      onPointerDown={(event) => {
        last.current = undefined;
        if (event.pointerType === "mouse" && event.button === 0) sound(event);
      }}
      onPointerMove={(event) => {
        if (event.pointerType === "mouse" && event.buttons === 1) sound(event);
      }}
      // A finger may be about to scroll: it sounds a key only when it was a tap.
      onClick={(event) => {
        if (last.current === undefined) sound(event);
      }}
    >
      <svg width={piano} height={height} aria-hidden="true">
        {pitches.filter(black).map((pitch) => (
          <rect
            key={pitch}
            className={styles["blackKey"]}
            y={yOf(pitch, geometry)}
            width={Math.round(piano * 0.5)}
            height={yOf(pitch - 1, geometry) - yOf(pitch, geometry)}
          />
        ))}
        {pitches
          .filter((pitch) => !black(pitch) && !black(pitch - 1))
          .map((pitch) => (
            <rect
              key={pitch}
              className={styles["keyGap"]}
              y={yOf(pitch - 1, geometry) - hair}
              width={piano}
              height={hair}
            />
          ))}
        {pitches
          .filter((pitch) => pitch % 12 === 0)
          .map((pitch) => (
            <text
              key={pitch}
              className={styles["keyName"]}
              data-key-name=""
              x={piano - 6}
              y={yOf(pitch, geometry) + rowHeight / 2}
            >
              {noteName(pitch, place)}
            </text>
          ))}
      </svg>
      <div className={styles["activeKey"]} data-active-key="" hidden />
    </div>
  );
});
