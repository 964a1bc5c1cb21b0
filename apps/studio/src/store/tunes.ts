/**
 * The melodies behind what can be played, dragged and kept.
 *
 * @module
 */
import type { Piece } from "../piece/piece.ts";
import type { Source, StudioState, Tune } from "./state.ts";

/** The title of a point of the path. */
export function pointTitle({ a, b }: Piece, index: number, count: number): string {
  if (index === 0) return a.title;
  if (index === count - 1) return b.title;
  // Of a title that is such a one itself, only where it began.
  const short = (title: string): string => [...title.split(" → ")[0]!].slice(0, 14).join("").trim();
  return `${short(a.title)} → ${short(b.title)}, ${index + 1}/${count}`;
}

/** The melodies of a source, one after another; none where it is gone. */
export function tunesOf(state: StudioState, source: Source): readonly Tune[] {
  const piece = state.timeline.present;
  switch (source.kind) {
    case "side":
      return [piece[source.side]];
    case "point":
    case "path": {
      const { path } = state;
      if (!path) return [];
      // The whole path stands in the key of A, so that what changes is the melody alone.
      const { place, voice } = piece.a;
      const tunes = path.notes.map((notes, i) => ({
        title: pointTitle(piece, i, path.notes.length),
        notes,
        place,
        voice,
      }));
      return source.kind === "path" ? tunes : tunes.slice(source.index, source.index + 1);
    }
    case "shelf": {
      const item = state.shelf.find((i) => i.id === source.id);
      return item ? [item] : [];
    }
    case "choice": {
      const choice = state.sheet?.kind === "choices" ? state.sheet.choices[source.index] : undefined;
      return choice ? [{ ...choice, voice: piece.a.voice }] : [];
    }
    default:
      return source satisfies never;
  }
}
