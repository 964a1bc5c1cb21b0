/**
 * The studio behind the screen: its state and everything that a person can do to it.
 *
 * @module
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { TITLE_BYTES } from "../keep/link.ts";
import type { Preferences } from "../keep/preferences.ts";
import { melodyId, reshelve, star, unshelve } from "../keep/shelf.ts";
import { amend, endEdit, record, redo, undo } from "../keep/timeline.ts";
import { cutBytes } from "../keep/title.ts";
import { type Notes, sameNotes } from "../piece/notes.ts";
import {
  type Piece,
  type Place,
  type Shape,
  type Side,
  type SideName,
  settled,
  sideNames,
  toggleLock,
  type VoiceName,
} from "../piece/piece.ts";
import { inScale, type ScaleName, scales } from "../piece/scale.ts";
import { FileDoor } from "./file-door.ts";
import { firstPiece } from "./first-piece.ts";
import { ModelDesk } from "./model-desk.ts";
import { Notices } from "./notices.ts";
import { PlayerDesk } from "./player-desk.ts";
import { ReadingDesk } from "./reading-desk.ts";
import { firstState, type Services } from "./services.ts";
import { ShapeDesk } from "./shape-desk.ts";
import { editedTitle, fitsMidi, inTheScale, isInMidi, swapped, transposed, withSide, written } from "./sides.ts";
import type { Sheet, Source, StudioState, Tune } from "./state.ts";
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
  readonly notices: Notices;
  readonly model: ModelDesk;
  readonly shapes: ShapeDesk;
  readonly readings: ReadingDesk;
  readonly player: PlayerDesk;
  readonly files: FileDoor;
  private readonly working = { a: new Set<string>(), b: new Set<string>() };

  constructor(services: Services) {
    this.services = services;
    this.store = createStore<StudioState>(() => firstState(services));
    this.notices = new Notices({
      read: () => this.state.notice,
      put: (notice) => this.set({ notice }),
    });
    this.model = new ModelDesk(this);
    this.shapes = new ShapeDesk(this);
    this.readings = new ReadingDesk(this);
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

  /** Completes steps, wherever they stand by now, with what took its time. */
  amend(change: (piece: Piece) => Piece): void {
    const timeline = amend(this.state.timeline, change);
    if (timeline !== this.state.timeline) this.set({ timeline });
  }

  /** Puts another piece on the screen: what was being written for the one before is dropped. */
  replace(piece: Piece): void {
    for (const name of sideNames) this.model.forget(name);
    this.change(() => piece);
    this.set({ selection: { a: [], b: [] } });
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
      // While one drag goes on, all but the notes is as it was before it: on the way back nothing is left of it.
      const before = key !== undefined && key === merging ? past.at(-1)?.[name] : undefined;
      this.changeSide(
        name,
        (now) => {
          const side = before ?? now;
          return sameNotes(notes, side.notes) ? side : written(side, notes, editedTitle(side.title));
        },
        key === undefined ? {} : { merge: key },
      );
    }
    if (selection) this.select(name, selection);
  }

  /** Puts a melody that something else is about to replace into the history, unless it is there or in every visit. */
  keepOnShelf(name: SideName, how = "written by hand"): void {
    const { title, notes, place, voice } = this.piece[name];
    const isFirst = sideNames.some((n) => sameNotes(firstPiece[n].notes, notes));
    const isThere = this.state.shelf.some((item) => item.id === melodyId(notes, place));
    if (notes.length === 0 || isFirst || isThere) return;
    this.model.shelve({ title, notes, place, voice }, how, undefined);
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
    for (const name of sideNames) this.model.forget(name);
    this.set({ timeline, selection: { a: [], b: [] } });
  }

  title(name: SideName, title: string): void {
    this.changeSide(name, (side) => ({ ...side, title: cutBytes(title, TITLE_BYTES) }), { merge: `title ${name}` });
  }

  /** Puts a melody into another key or octave, unless a note would leave what MIDI has. */
  place(name: SideName, place: Place): void {
    this.changeSide(name, (side) => (fitsMidi(side, place) ? { ...side, place } : this.tooFar(side)));
  }

  private tooFar(side: Side): Side {
    this.say("There the melody would leave what instruments play.", "warning");
    return side;
  }

  voice(name: SideName, voice: VoiceName): void {
    this.changeSide(name, (side) => ({ ...side, voice }));
  }

  lock(name: SideName, steps: readonly number[]): void {
    this.changeSide(name, (side) => toggleLock(side, steps));
  }

  transpose(name: SideName, semitones: number): void {
    this.model.forget(name);
    this.changeSide(name, (side) => {
      // Notes that the model still owes to the sliders would not be those of the melody as it is then.
      const moved = transposed(this.shapes.owes(side) ? settled(side, side.notes) : side, semitones);
      return isInMidi(moved, side.place) || !isInMidi(side, side.place) ? moved : this.tooFar(side);
    });
  }

  clear(name: SideName): void {
    this.model.forget(name);
    this.keepOnShelf(name);
    this.changeSide(name, (side) => ({ ...written(side, [], "Untitled"), locked: [] }));
  }

  swap(): void {
    for (const name of sideNames) this.model.forget(name);
    const { a, b } = this.state.selection;
    this.change(swapped);
    this.set({ selection: { a: b, b: a } });
  }

  /** Sets what the screen as a whole plays and draws with. */
  settings(change: Partial<Pick<Piece, "tempo" | "scale" | "path" | "seed" | "temperature" | "similarity">>): void {
    this.change((piece) => ({ ...piece, ...change }), { merge: `settings ${Object.keys(change).join()}` });
  }

  /** Holds what is written from now on to a scale, and offers to move what is there. */
  chooseScale(scale: ScaleName): void {
    this.settings({ scale });
    if (scale === "chromatic") return;
    const strays = sideNames.some((name) => this.piece[name].notes.some((n) => !inScale(scale, n.pitch)));
    this.say(
      `Draw, Vary, the sliders and the notes that you write keep to ${scales[scale].name} from now on.`,
      "plain",
      strays ? { label: "Move these notes too", run: () => this.moveIntoScale() } : undefined,
    );
  }

  /** Moves the notes of both melodies to the nearest ones of the scale. */
  moveIntoScale(): void {
    for (const name of sideNames) this.model.forget(name);
    this.change((piece) => ({
      ...piece,
      ...Object.fromEntries(
        sideNames.map((name) => [name, written(piece[name], inTheScale(piece[name].notes, piece.scale))]),
      ),
    }));
  }

  shape(name: SideName, shape: Shape): void {
    this.shapes.move(name, shape);
  }

  /** Puts a melody in the place of A or B, with the tempo that it brings. */
  take(name: SideName, tune: Pick<Tune, "title" | "notes" | "place">, tempo = this.piece.tempo): void {
    this.model.forget(name);
    this.keepOnShelf(name);
    this.change((piece) => ({
      ...withSide(piece, name, (side) => ({
        ...written(side, tune.notes, tune.title),
        place: tune.place,
        locked: [],
      })),
      tempo,
    }));
    this.set({ focus: name, selection: { ...this.state.selection, [name]: [] } });
  }

  /** Puts what a source plays in the place of A or B. */
  takeFrom(name: SideName, source: Source): void {
    const { sheet } = this.state;
    const [tune] = tunesOf(this.state, source);
    if (source.kind === "choice" && sheet?.kind === "choices")
      this.files.choose(sheet.choices[source.index]!, name, sheet.fileName);
    else if (tune && source.kind !== "path") {
      this.take(name, tune);
      if (source.kind === "point") this.keepOnShelf(name, "from the path");
    }
  }

  /** Moves the melody of a side among the favourites. */
  favour(name: SideName): void {
    const { title, notes, place, voice } = this.piece[name];
    if (notes.length === 0) {
      this.say("There are no notes to keep yet.");
      return;
    }
    const insight = this.state.insight[name];
    const bits = insight?.notes === notes ? insight.bits : undefined;
    const how = this.state.shelf.find((item) => item.id === melodyId(notes, place))?.how ?? "kept by hand";
    this.model.shelve({ title, notes, place, voice }, how, bits, true);
    this.say(`“${title}” is among your favourites.`);
  }

  star(id: string): void {
    this.set({ shelf: star(this.state.shelf, id) });
  }

  /** Takes a melody off the shelf, from where undo does not bring it back: the sentence does. */
  unshelve(id: string): void {
    const item = this.state.shelf.find((i) => i.id === id);
    if (!item) return;
    this.set({ shelf: unshelve(this.state.shelf, id) });
    const run = (): void => this.set({ shelf: reshelve(this.state.shelf, item) });
    this.say(`“${item.title}” is off the history.`, "plain", { label: "Put it back", run });
  }

  prefer(change: Partial<Preferences>): void {
    this.set({ preferences: { ...this.state.preferences, ...change } });
  }

  say(...sentence: Parameters<Notices["say"]>): void {
    this.notices.say(...sentence);
  }

  /** Says what went wrong in the words of the error. */
  sayError(error: unknown): void {
    this.notices.sayError(error);
  }

  show(sheet: Sheet | undefined): void {
    // What is heard out of a list is not heard on without it.
    if (this.state.playing?.source.kind === "choice") this.player.stop();
    this.set({ sheet });
  }

  /** Notes that something is at work on a side, or no longer. */
  busy(name: SideName, who: "model" | "sliders", isBusy: boolean): void {
    if (isBusy) this.working[name].add(who);
    else this.working[name].delete(who);
    const busy = this.working[name].size > 0;
    if (this.state.busy[name] !== busy) this.set({ busy: { ...this.state.busy, [name]: busy } });
  }

  /** The scale that the model is held to, as it is asked. */
  scale(): { readonly scale?: readonly number[] } {
    const { scale } = this.piece;
    return scale === "chromatic" ? {} : { scale: scales[scale].classes };
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
    this.notices.warn(problems);
  }
}
