/**
 * The strip above the rows: bars, beats and what is locked.
 *
 * @module
 */
import { GRID_STEPS } from "@normflow/music";
import { memo } from "react";
import { type Geometry, xOf } from "./geometry.ts";
import styles from "./Roll.module.css";

/** Runs of steps without a gap. */
export function runsOf(steps: readonly number[]): readonly (readonly [start: number, end: number])[] {
  const runs: [number, number][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last && last[1] === step) last[1] = step + 1;
    else runs.push([step, step + 1]);
  }
  return runs;
}

const beats = Array.from({ length: GRID_STEPS / 4 }, (_, i) => i);

/** Draws bar numbers, beats and the locked stretches. */
export const Ruler = memo(function Ruler({
  geometry,
  locked,
}: {
  readonly geometry: Geometry;
  readonly locked: readonly number[];
}) {
  return (
    <div className={styles["ruler"]} style={{ width: xOf(GRID_STEPS, geometry), height: geometry.ruler }}>
      {beats.map((beat) => (
        <span
          key={beat}
          className={styles[beat % 4 === 0 ? "barNumber" : "beatNumber"]}
          style={{ left: xOf(beat * 4, geometry) }}
        >
          {beat % 4 === 0 ? beat / 4 + 1 : `${Math.floor(beat / 4) + 1}.${(beat % 4) + 1}`}
        </span>
      ))}
      {runsOf(locked).map(([start, end]) => (
        <div
          key={start}
          className={styles["lockedRun"]}
          style={{ left: xOf(start, geometry), width: xOf(end, geometry) - xOf(start, geometry) }}
        />
      ))}
    </div>
  );
});
