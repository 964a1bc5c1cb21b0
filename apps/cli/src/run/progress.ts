/**
 * The progress of a run on standard error.
 *
 * @module
 */
import type { Io } from "../io.ts";

/** What is shown. */
export interface ProgressState {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly valid: number | undefined;
  readonly unit: string;
}

const LINE_EVERY = 10_000;
const BAR = 24;

const duration = (seconds: number): string =>
  seconds < 90
    ? `${Math.round(seconds)} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

/** Shows a bar on a terminal, and a line every ten seconds elsewhere. */
export function progressLine(io: Io, first: number): (state: ProgressState) => void {
  const start = performance.now();
  let [lastLine, lastDraw] = [start, 0];
  return ({ step, steps, loss, valid, unit }) => {
    const now = performance.now();
    if (io.isTerminal ? now - lastDraw < 100 : now - lastLine < LINE_EVERY) return;
    lastDraw = now;
    const rate = ((step - first) * 1000) / Math.max(1, now - start);
    const figures = `${rate.toFixed(1)} steps/s  loss ${loss.toFixed(3)} ${unit}${valid === undefined ? "" : `  valid ${valid.toFixed(3)}`}  ${duration((steps - step) / Math.max(rate, 1e-9))} left`;
    if (io.isTerminal) {
      const full = Math.round((BAR * step) / steps);
      io.status(`[${"=".repeat(full)}${" ".repeat(BAR - full)}] ${step}/${steps}  ${figures}`);
    } else {
      lastLine = now;
      io.message(`${step}/${steps}  ${figures}`);
    }
  };
}
