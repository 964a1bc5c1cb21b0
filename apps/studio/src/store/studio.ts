/**
 * The studio behind the screen: its state and everything that a person can do to it.
 *
 * @module
 */
import { FlowError } from "@normflow/core";
import { createStore, type StoreApi } from "zustand/vanilla";
import { TITLE_BYTES } from "../keep/link.ts";
import type { Preferences } from "../keep/preferences.ts";
import { star, unshelve } from "../keep/shelf.ts";
import { amend, endEdit, record, redo, undo } from "../keep/timeline.ts";
import { cutBytes } from "../keep/title.ts";
import { type Notes, sameNotes } from "../piece/notes.ts";
import {
  type Piece,
  type Place,
  type Shape,
  type Side,
  type SideName,
  toggleLock,
  type VoiceName,
} from "../piece/piece.ts";
import { FileDoor } from "./file-door.ts";
import { ModelDesk } from "./model-desk.ts";
import { PlayerDesk } from "./player-desk.ts";
import { firstState, type Services } from "./services.ts";
import { fitsMidi, isFlat, swapped, transposed, withSide, written } from "./sides.ts";
import type { Notice, Sheet, Source, StudioState, Tune } from "./state.ts";
import { tunesOf } from "./tunes.ts";

/** How a change joins the history. */
export interface EditOptions {
  readonly merge?: string | undefined;
  readonly selection?: readonly number[] | undefined;
}

/** The state and the actions; made once for a page. */
export class Studio {
  readonly store: StoreApi<StudioState>;
  readonly services: Services;
  readonly model: ModelDesk;
  readonly player: PlayerDesk;
  readonly files: FileDoor;
  private notices = 0;

  constructor(services: Services) {
    this.services = services;
    this.store = createStore<StudioState>(() => firstState(services));
    this.model = new ModelDesk(this);
    this.player = new PlayerDesk(this);
    this.files = new FileDoor(this);
    this.store.subscribe((state, before) => this.keep(state, before));
  }

  get state(): StudioState {
    return this.store.getState();
  }

  get piece(): Piece {
    return this.state.timeline.present;
  }

  set(change: Partial<StudioState>): void {
    this.store.setState(change);
  }

  /** Puts a changed piece into the history. */
  change(change: (piece: Piece) => Piece, { merge }: Pick<EditOptions, "merge"> = {}): void {
    const piece = change(this.piece);
    if (piece === this.piece) return;
    this.set({ timeline: record(this.state.timeline, piece, merge) });
  }

  /** Completes the present step with what took its time. */
  amend(change: (piece: Piece) => Piece): void {
    this.set({ timeline: amend(this.state.timeline, change(this.piece)) });
  }

  changeSide(name: SideName, change: (side: Side) => Side, options?: Pick<EditOptions, "merge">): void {
    this.change((piece) => withSide(piece, name, change), options);
  }

  /** Takes over a melody that was edited by hand. */
  edit(name: SideName, notes: Notes, { merge, selection }: EditOptions = {}): void {
    if (!sameNotes(notes, this.piece[name].notes)) {
      this.model.forget(name);
      const { merging, past } = this.state.timeline;
      const key = merge && `edit ${name} ${merge}`;
      // While one drag goes on, the locks are those from before it: on the way back they are there again.
      const before = key !== undefined && key === merging ? past.at(-1) : undefined;
      this.changeSide(
        name,
        (side) => written({ ...side, locked: (before?.[name] ?? side).locked }, notes),
        key === undefined ? {} : { merge: key },
      );
    }
    if (selection) this.select(name, selection);
  }

  select(name: SideName, starts: readonly number[]): void {
    this.set({ selection: { ...this.state.selection, [name]: starts }, focus: name });
  }

  focus(name: SideName): void {
    if (this.state.focus !== name) this.set({ focus: name });
  }

  /** Ends a gesture: the next one is a step of its own. */
  endGesture(): void {
    const timeline = endEdit(this.state.timeline);
    if (this.state.timeline.merging !== undefined) this.set({ timeline });
  }

  undo(): void {
    this.travel(undo(this.state.timeline));
  }

  redo(): void {
    this.travel(redo(this.state.timeline));
  }

  private travel(timeline: StudioState["timeline"]): void {
    this.model.forget("a");
    this.model.forget("b");
    this.set({ timeline, selection: { a: [], b: [] } });
  }

  title(name: SideName, title: string): void {
    this.changeSide(name, (side) => ({ ...side, title: cutBytes(title, TITLE_BYTES) }), { merge: `title ${name}` });
  }

  /** Puts a melody into another key or octave, unless a note would leave what MIDI has. */
  place(name: SideName, place: Place): void {
    this.changeSide(name, (side) => {
      if (fitsMidi(side, place)) return { ...side, place };
      this.say("There the melody would leave what instruments play.", "warning");
      return side;
    });
  }

  voice(name: SideName, voice: VoiceName): void {
    this.changeSide(name, (side) => ({ ...side, voice }));
  }

  lock(name: SideName, steps: readonly number[]): void {
    this.changeSide(name, (side) => toggleLock(side, steps));
  }

  transpose(name: SideName, semitones: number): void {
    this.model.forget(name);
    this.changeSide(name, (side) => transposed(side, semitones));
  }

  clear(name: SideName): void {
    this.model.forget(name);
    this.changeSide(name, (side) => ({ ...written(side, [], "Untitled"), locked: [] }));
  }

  swap(): void {
    this.model.forget("a");
    this.model.forget("b");
    const { a, b } = this.state.selection;
    this.change(swapped);
    this.set({ selection: { a: b, b: a } });
  }

  /** Sets what the screen as a whole plays and draws with. */
  settings(change: Partial<Pick<Piece, "tempo" | "scale" | "path" | "seed" | "temperature" | "similarity">>): void {
    this.change((piece) => ({ ...piece, ...change }), { merge: `settings ${Object.keys(change).join()}` });
  }

  shape(name: SideName, shape: Shape): void {
    this.model.shape(name, shape);
  }

  /** Puts a melody in the place of A or B. */
  take(name: SideName, tune: Pick<Tune, "title" | "notes" | "place">): void {
    this.model.forget(name);
    this.changeSide(name, (side) => ({ ...written(side, tune.notes, tune.title), place: tune.place, locked: [] }));
    this.set({ focus: name, selection: { ...this.state.selection, [name]: [] } });
  }

  /** Puts what a source plays in the place of A or B. */
  takeFrom(name: SideName, source: Source): void {
    const [tune] = tunesOf(this.state, source);
    if (tune && source.kind !== "path") this.take(name, tune);
  }

  /** Moves the melody of a side among the favourites. */
  favour(name: SideName): void {
    const { title, notes, place, voice } = this.piece[name];
    const bits = this.state.insight[name]?.bits;
    this.model.shelve({ title, notes, place, voice }, "kept by hand", bits, true);
    this.say(`“${title}” is among your favourites.`);
  }

  star(id: string): void {
    this.set({ shelf: star(this.state.shelf, id) });
  }

  unshelve(id: string): void {
    this.set({ shelf: unshelve(this.state.shelf, id) });
  }

  prefer(change: Partial<Preferences>): void {
    this.set({ preferences: { ...this.state.preferences, ...change } });
  }

  /** Shows a sentence; the next one takes its place. */
  say(text: string, tone: Notice["tone"] = "plain", action?: Notice["action"]): void {
    this.set({ notice: { id: ++this.notices, text, tone, ...(action ? { action } : {}) } });
  }

  /** Says what went wrong in the words of the error. */
  sayError(error: unknown): void {
    const known = error instanceof FlowError;
    if (!known) console.error(error);
    this.say(
      known ? [error.message, error.hint].filter(Boolean).join(" ") : "Something went wrong. Nothing was lost.",
      "warning",
    );
  }

  unsay(id: number): void {
    if (this.state.notice?.id === id) this.set({ notice: undefined });
  }

  show(sheet: Sheet | undefined): void {
    this.set({ sheet });
  }

  /** Whether the sliders of a side stand at 0. */
  isFlat(name: SideName): boolean {
    return isFlat(this.piece[name].shape);
  }

  private keep(state: StudioState, before: StudioState): void {
    const { storage } = this.services;
    const problems: (string | undefined)[] = [];
    if (state.timeline !== before.timeline) problems.push(storage.saveTimeline(state.timeline));
    if (state.preferences !== before.preferences) problems.push(storage.savePreferences(state.preferences));
    if (state.shelf !== before.shelf) {
      const { shelf, problem } = storage.saveShelf(state.shelf);
      problems.push(problem);
      if (shelf !== state.shelf) this.set({ shelf });
    }
    for (const problem of problems) if (problem) this.say(problem, "warning");
  }
}
