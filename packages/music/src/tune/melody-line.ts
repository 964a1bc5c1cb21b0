/**
 * One voice out of notes that may sound together.
 *
 * @module
 */
import type { TuneNote } from "./tune.ts";

/** Returns the share of the sounding time, 0 to 1, during which two or more notes sound. */
export function polyphony(notes: readonly TuneNote[]): number {
  const edges = notes
    .flatMap(({ start, duration }) => [
      { at: start, step: 1 },
      { at: start + duration, step: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  let voices = 0;
  let last = 0;
  let sounding = 0;
  let together = 0;
  for (const { at, step } of edges) {
    if (voices > 0) sounding += at - last;
    if (voices > 1) together += at - last;
    voices += step;
    last = at;
  }
  return sounding === 0 ? 0 : together / sounding;
}

/** Returns the line that is heard: of notes that start together the highest, each cut where the next one starts. */
export function melodyLine(notes: readonly TuneNote[]): TuneNote[] {
  const sorted = [...notes].sort((a, b) => a.start - b.start || b.pitch - a.pitch || b.duration - a.duration);
  const line = sorted.filter((note, i) => i === 0 || note.start !== sorted[i - 1]!.start);
  return line.map((note, i) => {
    const room = i + 1 < line.length ? line[i + 1]!.start - note.start : Number.POSITIVE_INFINITY;
    return note.duration > room ? { ...note, duration: room } : note;
  });
}
