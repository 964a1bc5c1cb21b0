/**
 * From keys to edits: everything that the pointer does, and a sentence for each.
 *
 * @module
 */
import { GRID_HIGHEST, GRID_LOWEST, GRID_STEPS } from "@normflow/music";
import {
  moveStarts,
  type Note,
  type Notes,
  noteAt,
  noteEnd,
  openPitch,
  putNotes,
  removeNotes,
  stretchNotes,
} from "../piece/notes.ts";
import { type Side, stepsOf } from "../piece/piece.ts";
import { inScale, type ScaleName } from "../piece/scale.ts";
import { shiftNotes } from "./degrees.ts";
import { noteToAdd } from "./drag.ts";
import { lengthWords, namesWords, notesWords, noteWords, positionWords, spokenName } from "./words.ts";

/** The cell that keys act on. */
export interface Cursor {
  readonly step: number;
  readonly pitch: number;
}

/** What a key meets. */
export interface KeyScene {
  readonly side: Side;
  readonly selection: ReadonlySet<number>;
  readonly scale: ScaleName;
  readonly surprise?: ReadonlyMap<number, number> | undefined;
  readonly cursor: Cursor;
  /** Sixteenths of the next note. */
  readonly length: number;
}

/** A key with what is held beside it. */
export interface Key {
  readonly key: string;
  readonly shift: boolean;
  readonly alt: boolean;
  /** Ctrl, or Cmd. */
  readonly command: boolean;
}

/** What a key asks for. */
export interface Stroke {
  readonly cursor?: Cursor;
  readonly edit?: { readonly notes: Notes; readonly label: string; readonly selection?: readonly number[] };
  readonly select?: readonly number[];
  readonly lock?: readonly number[];
  /** A pitch in C to sound. */
  readonly audition?: number;
  readonly length?: number;
  /** What is told. */
  readonly say: string;
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The note whose bar the cursor is on. */
export const noteUnder = (notes: Notes, { step, pitch }: Cursor): Note | undefined => {
  const note = noteAt(notes, step);
  return note?.pitch === pitch ? note : undefined;
};

/** The cell in words: the note that is there, or that it is empty and what sounds instead. */
export function cellWords({ side, selection, scale, surprise }: KeyScene, cursor: Cursor): string {
  const here = noteUnder(side.notes, cursor);
  if (here) {
    const words = noteWords(here, { side, selection, surprise });
    return here.start === cursor.step ? words : `${words}, at ${positionWords(cursor.step)}`;
  }
  const sounding = noteAt(side.notes, cursor.step);
  const parts = [spokenName(cursor.pitch, side.place), positionWords(cursor.step), "empty"];
  if (sounding) parts.push(`${spokenName(openPitch(sounding), side.place)} sounds`);
  if (!inScale(scale, cursor.pitch)) parts.push("outside the scale");
  return parts.join(", ");
}

const cellOf = (note: Note): Cursor => ({ step: note.start, pitch: note.pitch });

/** The starts that an edit by key is for: the selection, or the note at the cursor. */
function meant({ side, selection, cursor }: KeyScene): ReadonlySet<number> {
  const chosen = side.notes.filter((n) => selection.has(n.start));
  if (chosen.length > 0) return new Set(chosen.map((n) => n.start));
  const here = noteUnder(side.notes, cursor);
  return new Set(here ? [here.start] : []);
}

const nothing: Stroke = { say: "No note is selected, and there is none at the cursor." };

function go(scene: KeyScene, step: number, pitch: number): Stroke {
  const cursor = { step: clamp(step, 0, GRID_STEPS - 1), pitch: clamp(pitch, GRID_LOWEST, GRID_HIGHEST) };
  const still = cursor.step === scene.cursor.step && cursor.pitch === scene.cursor.pitch;
  return { cursor, say: `${still ? "Edge of the roll. " : ""}${cellWords(scene, cursor)}` };
}

function enter(scene: KeyScene): Stroke {
  const { side, selection, scale, cursor, length } = scene;
  const here = noteUnder(side.notes, cursor);
  if (here) {
    const select = selection.has(here.start)
      ? [...selection].filter((s) => s !== here.start)
      : [...selection, here.start].sort((a, b) => a - b);
    const words = noteWords(here, { side });
    return {
      select,
      length: here.length,
      audition: openPitch(here),
      say: selection.has(here.start) ? `${words}, no longer selected` : `${words}, selected`,
    };
  }
  const note = noteToAdd(cursor.step, cursor.pitch, side.notes, scale, length);
  return {
    cursor: cellOf(note),
    edit: { notes: putNotes(side.notes, [note]), label: "Add a note", selection: [] },
    audition: note.pitch,
    say: `Added ${spokenName(note.pitch, side.place)}, ${positionWords(note.start)}, ${lengthWords(note.length)}`,
  };
}

function remove(scene: KeyScene): Stroke {
  const { side } = scene;
  const starts = meant(scene);
  if (starts.size === 0) return nothing;
  const gone = side.notes.filter((n) => starts.has(n.start));
  return {
    edit: { notes: removeNotes(side.notes, starts), label: `Remove ${notesWords(gone.length)}`, selection: [] },
    say: `Removed ${namesWords(gone, side.place)}`,
  };
}

/** The cursor goes along with the note that it was on. */
function followed(scene: KeyScene, before: Notes, after: Notes): { cursor?: Cursor } {
  const here = noteUnder(scene.side.notes, scene.cursor);
  const index = here ? before.indexOf(here) : -1;
  const note = after[index];
  const was = before[index];
  if (!note || !was) return {};
  return {
    cursor: { step: Math.min(scene.cursor.step - was.start + note.start, noteEnd(note) - 1), pitch: note.pitch },
  };
}

/** Selected notes stay so; a note that was meant by the cursor alone does not become selected. */
const kept = (scene: KeyScene, starts: readonly number[]): readonly number[] =>
  scene.side.notes.some((n) => scene.selection.has(n.start)) ? starts : [];

function move(scene: KeyScene, steps: number, degrees: number, octaves: number): Stroke {
  const { side, scale } = scene;
  const starts = meant(scene);
  if (starts.size === 0) return nothing;
  const moving = side.notes.filter((n) => starts.has(n.start));
  const octave = octaves * 12;
  const fits = moving.every((n) => n.pitch + octave >= GRID_LOWEST && n.pitch + octave <= GRID_HIGHEST);
  const moved =
    octaves !== 0
      ? moving.map((n) => (fits ? { ...n, pitch: n.pitch + octave } : n))
      : shiftNotes(moving, steps, degrees, scale);
  if (moved.every((n, i) => n.start === moving[i]!.start && n.pitch === moving[i]!.pitch))
    return { say: "There is no room to move further." };
  const first = moved[0]!;
  const where = `${spokenName(openPitch(first), side.place)}, ${positionWords(first.start)}`;
  return {
    ...followed(scene, moving, moved),
    edit: {
      notes: putNotes(removeNotes(side.notes, starts), moved),
      label: `Move ${notesWords(moving.length)}`,
      selection: kept(
        scene,
        moved.map((n) => n.start),
      ),
    },
    ...(steps === 0 ? { audition: openPitch(first) } : {}),
    say: moving.length === 1 ? where : `${notesWords(moving.length)}, the first at ${where}`,
  };
}

function resize(scene: KeyScene, by: number, edge: "start" | "end"): Stroke {
  const { side } = scene;
  const starts = meant(scene);
  if (starts.size === 0) return nothing;
  const before = side.notes.filter((n) => starts.has(n.start));
  const { notes, starts: selection } = (edge === "end" ? stretchNotes : moveStarts)(side.notes, starts, by);
  const after = notes.filter((n) => selection.includes(n.start));
  if (after.length === before.length && after.every((n, i) => n.length === before[i]!.length))
    return { say: by > 0 === (edge === "end") ? "There is no room to make it longer." : "It cannot be shorter." };
  const length = after[0]!.length;
  return {
    ...followed(scene, before, after),
    edit: { notes, label: `Change the length of ${notesWords(before.length)}`, selection: kept(scene, selection) },
    length,
    say: `${namesWords(after, side.place)}, ${after.length === 1 ? lengthWords(length) : `the first ${lengthWords(length)}`}`,
  };
}

function lock(scene: KeyScene): Stroke {
  const { side, cursor } = scene;
  const starts = meant(scene);
  const steps = starts.size > 0 ? stepsOf(side.notes, starts) : [cursor.step];
  const free = steps.every((s) => side.locked.includes(s));
  const what =
    starts.size > 0
      ? namesWords(
          side.notes.filter((n) => starts.has(n.start)),
          side.place,
        )
      : positionWords(cursor.step);
  return { lock: steps, say: `${what}, ${free ? "no longer locked" : "locked"}` };
}

/** To the start of the next or last note. */
function hop(scene: KeyScene, forward: boolean): Stroke {
  const { notes } = scene.side;
  const { step } = scene.cursor;
  const note = forward ? notes.find((n) => n.start > step) : notes.findLast((n) => n.start < step);
  if (!note)
    return { say: notes.length === 0 ? "There are no notes." : forward ? "No later note." : "No earlier note." };
  return { cursor: cellOf(note), audition: openPitch(note), say: cellWords(scene, cellOf(note)) };
}

/** What a key does in the roll, or nothing for keys that are not the roll's. */
export function stroke(scene: KeyScene, { key, shift, alt, command }: Key): Stroke | undefined {
  const { side, selection, cursor } = scene;
  const { step, pitch } = cursor;
  // Brackets first: many keyboards reach them only with Alt or AltGr.
  if (key === "]") return resize(scene, 1, "end");
  if (key === "[") return resize(scene, -1, "end");
  if (key === "}") return resize(scene, 1, "start");
  if (key === "{") return resize(scene, -1, "start");
  if (alt) {
    if (command) return undefined;
    if (key === "ArrowLeft") return move(scene, -1, 0, 0);
    if (key === "ArrowRight") return move(scene, 1, 0, 0);
    if (key === "ArrowUp") return shift ? move(scene, 0, 0, 1) : move(scene, 0, 1, 0);
    if (key === "ArrowDown") return shift ? move(scene, 0, 0, -1) : move(scene, 0, -1, 0);
    return undefined;
  }
  if (command) {
    if (key === "ArrowLeft") return go(scene, (Math.ceil(step / 4) - 1) * 4, pitch);
    if (key === "ArrowRight")
      return go(scene, step + 4 > GRID_STEPS - 1 ? GRID_STEPS - 1 : (Math.floor(step / 4) + 1) * 4, pitch);
    if (key.toLowerCase() === "a" && !shift) {
      const all = side.notes.map((n) => n.start);
      const say =
        all.length === 0
          ? "There are no notes."
          : all.length === 1
            ? "The note is selected"
            : `All ${all.length} notes are selected`;
      return { select: all, say };
    }
    return undefined;
  }
  switch (key) {
    case "ArrowLeft":
      return go(scene, step - 1, pitch);
    case "ArrowRight":
      return go(scene, step + 1, pitch);
    case "ArrowUp":
      return go(scene, step, pitch + 1);
    case "ArrowDown":
      return go(scene, step, pitch - 1);
    case "PageUp":
      return go(scene, step, pitch + 12);
    case "PageDown":
      return go(scene, step, pitch - 12);
    case "Home":
      return go(scene, 0, pitch);
    case "End":
      return go(scene, GRID_STEPS - 1, pitch);
    case "Enter":
      return enter(scene);
    case "Delete":
    case "Backspace":
      return remove(scene);
    case ",":
      return hop(scene, false);
    case ".":
      return hop(scene, true);
    case "l":
    case "L":
      return lock(scene);
    case "Escape":
      return selection.size > 0 ? { select: [], say: "No note is selected" } : undefined;
    default:
      return undefined;
  }
}
