/**
 * From pointer positions to edits: what a press, a drag and a release in the picture do to the melody.
 *
 * @module
 */
import { GRID_HIGHEST, GRID_LOWEST, GRID_STEPS } from "@normflow/music";
import { moveStarts, type Note, type Notes, openPitch, putNotes, removeNotes, stretchNotes } from "../piece/notes.ts";
import { nearestInScale, type ScaleName } from "../piece/scale.ts";
import { degreesBetween, shiftNotes } from "./degrees.ts";
import { type Box, type Geometry, type Handle, hit, inside, pitchAt, stepAt } from "./geometry.ts";
import { notesWords } from "./words.ts";

/** What a gesture meets. */
export interface Scene {
  readonly notes: Notes;
  readonly selection: ReadonlySet<number>;
  readonly scale: ScaleName;
  readonly geometry: Geometry;
  /** Sixteenths of a note that is added by a click: those of the last one. */
  readonly length: number;
}

/** A pointer in pixels from the upper left corner of the grid. */
export interface Pointer {
  readonly x: number;
  readonly y: number;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly touch: boolean;
  /** Milliseconds. */
  readonly time: number;
}

/** The note that was last clicked, for the second click that removes it. */
interface Click {
  readonly start: number;
  readonly time: number;
}

interface Begun {
  readonly scene: Scene;
  readonly from: Pointer;
}

/** What is going on between press and release; the scene is the one at the press, so every edit starts from it. */
export type Gesture =
  | { readonly kind: "idle"; readonly click?: Click | undefined }
  /** A finger on an empty place: a tap, the start of a scroll, or, once it has rested, a length. */
  | ({ readonly kind: "touch" } & Begun)
  /** A new note whose length follows the pointer. */
  | ({ readonly kind: "draw"; readonly note: Note; readonly moved: boolean } & Begun)
  /** A note that was pressed, until it is clear whether it is dragged. */
  | ({
      readonly kind: "note";
      readonly note: Note;
      readonly handle: Handle;
      readonly click?: Click | undefined;
    } & Begun)
  | ({
      readonly kind: "drag";
      readonly note: Note;
      readonly handle: Handle;
      readonly starts: ReadonlySet<number>;
      readonly pitch: number;
      readonly done: string;
    } & Begun)
  | ({ readonly kind: "box" } & Begun)
  /** Nothing more until the release. */
  | { readonly kind: "spent" };

/** An edit and the notes that are selected after it. */
export interface DragEdit {
  readonly notes: Notes;
  readonly label: string;
  readonly selection: readonly number[];
}

/** What became of a gesture and what it asks for. */
export interface Outcome {
  readonly gesture: Gesture;
  readonly edit?: DragEdit;
  readonly select?: readonly number[];
  /** A pitch in C to sound. */
  readonly audition?: number;
  /** The length that the next added note gets, in sixteenths. */
  readonly length?: number;
  /** The rectangle of a selection. */
  readonly box?: Box;
}

export const idle: Gesture = { kind: "idle" };

/** Pixels within which a press is a click. */
const slop = (pointer: Pointer): number => (pointer.touch ? 9 : 4);

/** Milliseconds within which a second click belongs to the first. */
const DOUBLE = 350;

/** Milliseconds after which a finger that rests adds a note to the selection, or begins one on an empty place. */
export const HOLD = 450;

const far = (from: Pointer, to: Pointer): boolean => Math.hypot(to.x - from.x, to.y - from.y) > slop(from);

/** The note that a click on an empty place adds: held to the scale, no longer than the next one leaves room for. */
export function noteToAdd(step: number, pitch: number, notes: Notes, scale: ScaleName, length: number): Note {
  const next = notes.find((n) => n.start > step)?.start ?? GRID_STEPS;
  return {
    pitch: nearestInScale(scale, pitch, GRID_LOWEST, GRID_HIGHEST),
    start: step,
    length: Math.max(1, Math.min(length, next - step)),
    fold: 0,
  };
}

const added = (scene: Scene, note: Note): Pick<Outcome, "edit"> => ({
  edit: { notes: putNotes(scene.notes, [note]), label: "Add a note", selection: [note.start] },
});

const begin = (scene: Scene, from: Pointer): Note =>
  noteToAdd(stepAt(from.x, scene.geometry), pitchAt(from.y, scene.geometry), scene.notes, scene.scale, scene.length);

/** Begins a note whose length follows the pointer. */
function draw(scene: Scene, from: Pointer): Outcome {
  const note = begin(scene, from);
  return { gesture: { kind: "draw", scene, from, note, moved: false }, ...added(scene, note), audition: note.pitch };
}

/** A button or finger goes down. */
export function press(gesture: Gesture, scene: Scene, from: Pointer): Outcome {
  const met = hit(from.x, from.y, scene.notes, scene.geometry);
  if (met)
    return {
      gesture: { kind: "note", scene, from, ...met, click: gesture.kind === "idle" ? gesture.click : undefined },
      audition: openPitch(met.note),
    };
  if (from.shift) return { gesture: { kind: "box", scene, from } };
  if (from.touch) return { gesture: { kind: "touch", scene, from } };
  return draw(scene, from);
}

const labels: Readonly<Record<Handle, string>> = {
  whole: "Move",
  start: "Change the start of",
  end: "Change the length of",
};

/** The chosen notes in another place, laid over the rest, or over all of them as copies. */
function placed(
  g: Extract<Gesture, { kind: "drag" }>,
  steps: number,
  rows: number,
  copy: boolean,
): DragEdit & { pitch: number } {
  const { notes, scale } = g.scene;
  const target = nearestInScale(
    scale,
    Math.max(GRID_LOWEST, Math.min(GRID_HIGHEST, g.note.pitch + rows)),
    GRID_LOWEST,
    GRID_HIGHEST,
  );
  const degrees = rows === 0 ? 0 : degreesBetween(scale, g.note.pitch, target);
  const moving = notes.filter((n) => g.starts.has(n.start));
  const moved = shiftNotes(moving, steps, degrees, scale);
  const index = moving.findIndex((n) => n.start === g.note.start);
  return {
    notes: putNotes(copy ? notes : removeNotes(notes, g.starts), moved),
    label: `${copy ? "Copy" : "Move"} ${notesWords(moving.length)}`,
    selection: moved.map((n) => n.start),
    pitch: openPitch(moved[index] ?? g.note),
  };
}

function dragged(g: Extract<Gesture, { kind: "drag" }>, to: Pointer): Outcome {
  const { geometry, notes } = g.scene;
  const steps = Math.round((to.x - g.from.x) / geometry.stepWidth);
  const rows = g.handle === "whole" ? Math.round((g.from.y - to.y) / geometry.rowHeight) : 0;
  const copy = g.handle === "whole" && to.alt;
  const done = `${steps} ${rows} ${copy}`;
  if (done === g.done) return { gesture: g };
  if (g.handle === "whole") {
    const { pitch, ...edit } = placed(g, steps, rows, copy);
    return { gesture: { ...g, done, pitch }, edit, ...(pitch === g.pitch ? {} : { audition: pitch }) };
  }
  const change = g.handle === "end" ? stretchNotes : moveStarts;
  const edited = change(notes, g.starts, steps);
  const own = edited.starts[[...notes].filter((n) => g.starts.has(n.start)).findIndex((n) => n.start === g.note.start)];
  const length = edited.notes.find((n) => n.start === own)?.length;
  return {
    gesture: { ...g, done },
    edit: { notes: edited.notes, label: `${labels[g.handle]} ${notesWords(g.starts.size)}`, selection: edited.starts },
    ...(length === undefined ? {} : { length }),
  };
}

function drawn(g: Extract<Gesture, { kind: "draw" }>, to: Pointer): Outcome {
  if (!g.moved && Math.abs(to.x - g.from.x) <= slop(g.from)) return { gesture: g };
  const wanted = Math.round(to.x / g.scene.geometry.stepWidth) - g.note.start;
  const length = Math.max(1, Math.min(GRID_STEPS - g.note.start, wanted));
  if (g.moved && length === g.note.length) return { gesture: g };
  const note = { ...g.note, length };
  return { gesture: { ...g, note, moved: true }, ...added(g.scene, note), length };
}

function boxed(g: Extract<Gesture, { kind: "box" }>, to: Pointer): Outcome {
  const box = {
    left: Math.min(g.from.x, to.x),
    top: Math.min(g.from.y, to.y),
    right: Math.max(g.from.x, to.x),
    bottom: Math.max(g.from.y, to.y),
  };
  const met = inside(box, g.scene.notes, g.scene.geometry).map((n) => n.start);
  return { gesture: g, box, select: [...new Set([...g.scene.selection, ...met])].sort((a, b) => a - b) };
}

/** The pointer moves while it is down. */
export function drag(g: Gesture, to: Pointer): Outcome {
  if (g.kind === "draw") return drawn(g, to);
  if (g.kind === "drag") return dragged(g, to);
  if (g.kind === "box") return boxed(g, to);
  if (g.kind === "touch") {
    // It scrolls, whatever its direction: the browser takes the pointer away, at once or a little later.
    return { gesture: far(g.from, to) ? { kind: "spent" } : g };
  }
  if (g.kind === "note" && far(g.from, to)) {
    const { scene, from, note, handle } = g;
    const starts = scene.selection.has(note.start)
      ? scene.selection
      : new Set(from.shift ? [...scene.selection, note.start] : [note.start]);
    return dragged({ kind: "drag", scene, from, note, handle, starts, pitch: openPitch(note), done: "0 0 false" }, to);
  }
  return { gesture: g };
}

const without = (selection: ReadonlySet<number>, start: number): readonly number[] =>
  selection.has(start) ? [...selection].filter((s) => s !== start) : [...selection, start].sort((a, b) => a - b);

/** Takes a note away. */
const removed = (scene: Scene, note: Note): DragEdit => ({
  notes: removeNotes(scene.notes, new Set([note.start])),
  label: "Remove a note",
  selection: [...scene.selection].filter((s) => s !== note.start),
});

/** The button or finger goes up. */
export function release(g: Gesture, at: Pointer): Outcome {
  if (g.kind === "touch") {
    const note = begin(g.scene, g.from);
    return { gesture: idle, ...added(g.scene, note), audition: note.pitch };
  }
  if (g.kind !== "note") return { gesture: idle };
  const { scene, note, from, click } = g;
  if (from.shift) return { gesture: idle, select: without(scene.selection, note.start) };
  if (click && click.start === note.start && at.time - click.time < DOUBLE)
    return { gesture: idle, edit: removed(scene, note) };
  return {
    gesture: { kind: "idle", click: { start: note.start, time: at.time } },
    select: [note.start],
    length: note.length,
  };
}

/** A finger has rested where it went down: a note goes into the selection; on an empty place one begins. */
export function hold(g: Gesture): Outcome {
  if (g.kind === "touch") return draw(g.scene, g.from);
  if (g.kind === "note" && g.from.touch)
    return { gesture: { kind: "spent" }, select: without(g.scene.selection, g.note.start) };
  return { gesture: g };
}

/** The gesture is called off: everything is as it was at the press. */
export function cancel(g: Gesture): Outcome {
  if (g.kind === "draw" || g.kind === "drag")
    return {
      gesture: { kind: "spent" },
      edit: { notes: g.scene.notes, label: "Nothing", selection: [...g.scene.selection] },
    };
  if (g.kind === "box") return { gesture: { kind: "spent" }, select: [...g.scene.selection] };
  return { gesture: g.kind === "idle" ? g : { kind: "spent" } };
}

/** Removes the note under a pointer, if there is one. */
export function erase(scene: Scene, at: Pick<Pointer, "x" | "y">): Outcome | undefined {
  const met = hit(at.x, at.y, scene.notes, scene.geometry);
  return met && { gesture: { kind: "spent" }, edit: removed(scene, met.note) };
}
