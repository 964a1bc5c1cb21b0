/**
 * The paper of the roll: rows of pitches, lines of steps, beats and bars.
 *
 * @module
 */
import { GRID_HIGHEST, GRID_STEPS } from "@normflow/music";
import { memo } from "react";
import { shiftOf } from "../piece/keys.ts";
import type { Place } from "../piece/piece.ts";
import { inScale, type ScaleName } from "../piece/scale.ts";
import { type Geometry, ROWS, sizeOf, xOf, yOf } from "./geometry.ts";
import styles from "./Roll.module.css";

const pitches = Array.from({ length: ROWS }, (_, i) => GRID_HIGHEST - i);
const steps = Array.from({ length: GRID_STEPS + 1 }, (_, i) => i);

/** Whether a pitch that sounds is a black key. */
export const isBlack = (sounding: number): boolean => !inScale("major", sounding);

const lineOf = (step: number): string => (step % 16 === 0 ? "bar" : step % 4 === 0 ? "beat" : "step");

/** Draws rows and lines; rows outside the scale are darker, or the black keys where every note is allowed. */
export const Backdrop = memo(function Backdrop({
  geometry,
  scale,
  place,
}: {
  readonly geometry: Geometry;
  readonly scale: ScaleName;
  readonly place: Place;
}) {
  const { width, height } = sizeOf(geometry);
  const dark = (pitch: number): boolean =>
    scale === "chromatic" ? isBlack(pitch + shiftOf(place)) : !inScale(scale, pitch);
  const hair = 1 / geometry.ratio;
  return (
    <svg className={styles["backdrop"]} width={width} height={height} aria-hidden="true">
      {pitches.filter(dark).map((pitch) => (
        <rect
          key={pitch}
          className={styles[scale === "chromatic" ? "black" : "outside"]}
          y={yOf(pitch, geometry)}
          width={width}
          height={yOf(pitch - 1, geometry) - yOf(pitch, geometry)}
        />
      ))}
      {pitches
        .filter((pitch) => pitch % 12 === 0)
        .map((pitch) => (
          <rect
            key={pitch}
            className={styles["tonic"]}
            y={yOf(pitch - 1, geometry) - hair}
            width={width}
            height={hair}
          />
        ))}
      {steps
        .filter((step) => step > 0 && (step % 4 === 0 || geometry.stepWidth >= 12))
        .map((step) => (
          <rect
            key={step}
            className={styles[lineOf(step)]}
            x={xOf(step, geometry) - hair}
            width={step === 16 ? 1 : hair}
            height={height}
          />
        ))}
    </svg>
  );
});
