/**
 * The notes of a melody as a musician edits them: one voice on 32 sixteenths, every edit a new list.
 *
 * @module
 */
import {
  fold,
  fromNotes,
  GRID_HIGHEST,
  GRID_LOWEST,
  GRID_STEPS,
  type Grid,
  type GridNote,
  toNotes,
  unfold,
} from "@normflow/music";

/** A note. Sounds at `pitch + 12 · fold` in C, moved by the key and octave of its melody. */
export interface Note {
  /** MIDI number within the range of the grid, 50 to 86. */
  readonly pitch: number;
  /** Sixteenths from the start, 0 to 31. */
  readonly start: number;
  /** Sixteenths, at least 1. */
  readonly length: number;
  /** Octaves by which the note lies outside the range of the grid; 0 for nearly all. */
  readonly fold: number;
}

/** Notes in order that do not overlap: a melody. */
export type Notes = readonly Note[];

export const noteEnd = (note: Note): number => note.start + note.length;

/** The pitch in C, outside the grid's range where the note is folded. */
export const openPitch = (note: Note): number => note.pitch + 12 * note.fold;

/** Splits a pitch of any height into one within the grid and octaves. */
export function foldPitch(pitch: number): Pick<Note, "pitch" | "fold"> {
  const { grid, folds } = fold([[pitch, 0, 1]]);
  return { pitch: grid[0]!, fold: folds[0]! };
}

/** The grid of a melody, as the model takes it; folds stay behind. */
export const gridOf = (notes: Notes): Grid =>
  fromNotes(notes.map(({ pitch, start, length }) => [pitch, start, length]));

/**
 * The notes of a grid.
 * @param like a melody it came from: a note that is still there keeps its fold
 */
export function notesOf(grid: Grid, like: Notes = []): Notes {
  const folds = new Map(like.map((n) => [`${n.start} ${n.pitch}`, n.fold]));
  return toNotes(grid).map(([pitch, start, length]) => ({
    pitch,
    start,
    length,
    fold: folds.get(`${start} ${pitch}`) ?? 0,
  }));
}

/** The notes of a grid and the octaves that were folded away. */
export const unfoldedNotes = (grid: Grid, folds: readonly number[]): Notes =>
  toNotes(grid).map(([pitch, start, length], i) => ({ pitch, start, length, fold: folds[i] ?? 0 }));

/** Notes as the writers of files take them, in C, folds undone. */
export const openNotes = (notes: Notes): GridNote[] =>
  unfold(
    gridOf(notes),
    notes.map((n) => n.fold),
  );

export const sameNotes = (a: Notes, b: Notes): boolean =>
  a.length === b.length &&
  a.every((n, i) => {
    const m = b[i]!;
    return n.pitch === m.pitch && n.start === m.start && n.length === m.length && n.fold === m.fold;
  });

/** The note that sounds at a step. */
export const noteAt = (notes: Notes, step: number): Note | undefined =>
  notes.find((n) => n.start <= step && step < noteEnd(n));

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

const inGrid = (note: Note): Note => {
  const start = clamp(Math.round(note.start), 0, GRID_STEPS - 1);
  return {
    pitch: clamp(Math.round(note.pitch), GRID_LOWEST, GRID_HIGHEST),
    start,
    length: clamp(Math.round(note.length), 1, GRID_STEPS - start),
    fold: note.fold,
  };
};

const ordered = (notes: Iterable<Note>): Note[] => [...notes].sort((a, b) => a.start - b.start);

/**
 * Lays notes over a melody: they win. A note that began before one of them ends where it starts; a note that begins
 * under one of them begins where that ends, or goes if nothing of it sticks out.
 */
export function putNotes(notes: Notes, added: Notes): Notes {
  // Of notes that start together the last one stays.
  const tops = new Map(added.map(inGrid).map((note) => [note.start, note]));
  const over = ordered(tops.values()).map((note, i, all) => {
    const next = all[i + 1];
    return next && noteEnd(note) > next.start ? { ...note, length: Math.max(1, next.start - note.start) } : note;
  });
  const kept = notes.flatMap((old) => {
    let pieces = [old];
    for (const top of over)
      pieces = pieces.flatMap((p) => {
        if (noteEnd(p) <= top.start || p.start >= noteEnd(top)) return [p];
        // What starts before the new note ends at it; what would stick out behind goes with it.
        if (p.start < top.start) return [{ ...p, length: top.start - p.start }];
        // What starts under the new note goes on after it: else a long note would leave a hole.
        const rest = noteEnd(p) - noteEnd(top);
        return rest > 0 ? [{ ...p, start: noteEnd(top), length: rest }] : [];
      });
    return pieces;
  });
  return ordered([...kept, ...over]);
}

const chosen = (notes: Notes, starts: ReadonlySet<number>): readonly [inside: Notes, outside: Notes] => [
  notes.filter((n) => starts.has(n.start)),
  notes.filter((n) => !starts.has(n.start)),
];

export const removeNotes = (notes: Notes, starts: ReadonlySet<number>): Notes => chosen(notes, starts)[1];

/** What an edit leaves, and the starts of the notes that were edited. */
export interface Edited {
  readonly notes: Notes;
  readonly starts: readonly number[];
}

/** Moves notes together by steps and semitones, as far as the grid has room for all of them. */
export function moveNotes(notes: Notes, starts: ReadonlySet<number>, steps: number, semitones: number): Edited {
  const [moving, others] = chosen(notes, starts);
  if (moving.length === 0) return { notes, starts: [] };
  const by = clamp(steps, -Math.min(...moving.map((n) => n.start)), GRID_STEPS - Math.max(...moving.map(noteEnd)));
  const up = clamp(
    semitones,
    GRID_LOWEST - Math.min(...moving.map((n) => n.pitch)),
    GRID_HIGHEST - Math.max(...moving.map((n) => n.pitch)),
  );
  const moved = moving.map((n) => ({ ...n, start: n.start + by, pitch: n.pitch + up }));
  return { notes: putNotes(others, moved), starts: moved.map((n) => n.start) };
}

/** Gives notes another length, each up to the end of the grid; what follows begins later or is covered. */
export function stretchNotes(notes: Notes, starts: ReadonlySet<number>, by: number): Edited {
  const [inside, others] = chosen(notes, starts);
  const stretched = inside.map((n, i) => {
    const next = inside[i + 1]?.start ?? GRID_STEPS;
    return { ...n, length: clamp(n.length + by, 1, next - n.start) };
  });
  return { notes: putNotes(others, stretched), starts: inside.map((n) => n.start) };
}

/** Moves the left edge of notes: they start earlier or later, up to the chosen one before, and end where they did. */
export function moveStarts(notes: Notes, starts: ReadonlySet<number>, by: number): Edited {
  const [inside, others] = chosen(notes, starts);
  const moved = inside.map((n, i) => {
    const before = inside[i - 1];
    const start = clamp(n.start + by, before ? noteEnd(before) : 0, noteEnd(n) - 1);
    return { ...n, start, length: noteEnd(n) - start };
  });
  return { notes: putNotes(others, moved), starts: moved.map((n) => n.start) };
}

/** Moves notes by semitones; those that leave the grid's range come back as folded ones and sound as they should. */
export function transposeNotes(notes: Notes, starts: ReadonlySet<number>, semitones: number): Edited {
  const [inside, others] = chosen(notes, starts);
  const moved = inside.map((n) => ({ ...n, ...foldPitch(openPitch(n) + semitones) }));
  return { notes: ordered([...others, ...moved]), starts: inside.map((n) => n.start) };
}
