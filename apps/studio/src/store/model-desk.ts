/**
 * What the model writes for the studio: draw, vary, cross; and which model that is.
 *
 * @module
 */
import type { Grid } from "@normflow/music";
import type { OwnModel } from "../keep/model-store.ts";
import { melodyId, shelve, star } from "../keep/shelf.ts";
import { gridOf, notesOf } from "../piece/notes.ts";
import { type Piece, SEEDS, type Side, type SideName } from "../piece/piece.ts";
import { otherSide, varied, variedFrom, withSide, written } from "./sides.ts";
import type { Tune } from "./state.ts";
import type { Studio } from "./studio.ts";

/** What a button asks of the model, made of the piece as it is. */
interface Plan {
  readonly ask: (engine: Studio["services"]["engine"]) => Promise<{ readonly grid: Grid; readonly bits: number }>;
  readonly change: (piece: Piece, grid: Grid) => Piece;
  /** For the shelf. */
  readonly how: string;
}

const nextSeed = (seed: number): number => (seed + 1) % SEEDS;

/** Asks the model and puts what it answers where it belongs; answers that came too late are dropped. */
export class ModelDesk {
  private readonly studio: Studio;
  /** Counted up when something else is done to a side: what was asked before has no say any more. */
  private readonly tickets = { a: 0, b: 0 };
  /** Seeds that the model is writing with. */
  private readonly asked: Record<SideName, number | undefined> = { a: undefined, b: undefined };
  private using: Promise<unknown> = Promise.resolve();

  constructor(studio: Studio) {
    this.studio = studio;
  }

  /** Uses a model from now on. @throws {FlowError} where the bytes hold none; the one in use stays */
  async use(bytes: Uint8Array, file: string | undefined): Promise<void> {
    const { studio } = this;
    const opening = studio.services.engine.use(bytes);
    this.using = opening.catch(() => {});
    const card = await opening;
    studio.set({ model: { kind: "ready", card, fileName: file }, typical: undefined });
    studio.readings.readAll();
  }

  /**
   * Opens the first model of a visit: the one that was dropped at another visit, else the one that ships. One that is
   * dropped before it has arrived goes before it.
   */
  async begin(own: () => Promise<OwnModel | undefined>): Promise<void> {
    const { studio } = this;
    const isReady = (): boolean => studio.state.model.kind === "ready";
    const open = async (model: { bytes: Uint8Array; name: string | undefined } | undefined): Promise<void> => {
      await this.using;
      if (model && !isReady()) await this.use(model.bytes, model.name);
    };
    try {
      await open(await own());
    } catch (error) {
      studio.sayError(error);
    }
    if (isReady()) return;
    try {
      await open({ bytes: await studio.services.shippedModel(), name: undefined });
    } catch (error) {
      await this.using;
      if (isReady()) return;
      console.error(error);
      const message = "The model could not be loaded: playing and editing work, drawing does not. Reload to try again.";
      studio.set({ model: { kind: "failed", message } });
    }
  }

  /** Whether there is a model; says so where there is none. */
  isThere(): boolean {
    const { studio } = this;
    const { model } = studio.state;
    if (model.kind === "ready") return true;
    studio.say(model.kind === "failed" ? model.message : "The model is still on its way.", "warning");
    return false;
  }

  /** Drops what the model is writing for a side: something else was done to it meanwhile. */
  forget(name: SideName): void {
    this.tickets[name]++;
    this.asked[name] = undefined;
    this.studio.busy(name, "model", false);
  }

  /** Draws a new melody, around the locked notes where there are any, and counts the seed up. */
  draw(name: SideName): Promise<void> {
    return this.write(name, ({ temperature }, side) => {
      const seed = this.seedFor(name);
      const options = { seed, temperature, ...this.studio.scale() };
      return {
        ask: async (engine) => {
          if (side.locked.length > 0)
            return engine.request("regenerate", { ...options, grid: gridOf(side.notes), locked: side.locked });
          const { grids, bits } = await engine.request("sample", options);
          return { grid: grids[0]!, bits: bits[0]! };
        },
        change: (piece, grid) => ({
          ...withSide(piece, name, (s) => {
            const notes = notesOf(grid, s.locked.length > 0 ? s.notes : []);
            return { ...written(s, notes, titled(s, side, `Seed ${seed}`)), locked: s.locked };
          }),
          seed: seedAfter(piece, seed),
        }),
        how: `drawn with seed ${seed}`,
      };
    });
  }

  /** Writes a variation of the original; at similarity 1 it is the original. */
  async vary(name: SideName): Promise<void> {
    if (this.studio.piece[name].notes.length === 0) return this.nothingIn(name);
    return this.write(name, ({ temperature, similarity }, side) => {
      const seed = this.seedFor(name);
      const { origin, locked } = variedFrom(side);
      return {
        ask: (engine) =>
          engine.request("vary", {
            grid: gridOf(origin),
            similarity,
            seed,
            temperature,
            locked,
            ...this.studio.scale(),
          }),
        change: (piece, grid) => ({
          ...withSide(piece, name, (s) => varied({ ...s, origin }, notesOf(grid, origin))),
          seed: seedAfter(piece, seed),
        }),
        how: `varied, ${Math.round(similarity * 100)} % similar`,
      };
    });
  }

  /** Keeps the rhythm of a side and takes the pitches of the other. */
  async cross(name: SideName): Promise<void> {
    for (const n of [name, otherSide(name)]) if (this.studio.piece[n].notes.length === 0) return this.nothingIn(n);
    return this.write(name, (piece, side) => {
      const other = piece[otherSide(name)];
      return {
        ask: (engine) =>
          engine.request("cross", {
            rhythm: gridOf(side.notes),
            pitches: gridOf(other.notes),
            ...this.studio.scale(),
          }),
        change: (now, grid) =>
          withSide(now, name, (s) =>
            written(s, notesOf(grid), titled(s, side, `${side.title} × ${other.title}`.slice(0, 60))),
          ),
        how: "crossed",
      };
    });
  }

  /** Lays a melody on the shelf. */
  shelve(tune: Tune, how: string, bits: number | undefined, favourite = false): void {
    const { studio } = this;
    const { title, notes, place, voice } = tune;
    const entry = {
      title,
      notes,
      place,
      voice,
      how,
      ...(bits === undefined ? {} : { bits }),
      at: studio.services.now(),
    };
    const shelf = shelve(studio.state.shelf, entry);
    const id = melodyId(notes, place);
    const isFavourite = shelf.find((item) => item.id === id)?.favourite ?? false;
    studio.set({ shelf: favourite && !isFavourite ? star(shelf, id) : shelf });
  }

  /** The seed of the piece, unless the other side is being written with it. */
  private seedFor(name: SideName): number {
    const { seed } = this.studio.piece;
    const free = seed === this.asked[otherSide(name)] ? nextSeed(seed) : seed;
    this.asked[name] = free;
    return free;
  }

  private nothingIn(name: SideName): void {
    this.studio.say(`There are no notes in ${name.toUpperCase()} yet: draw a melody or write some.`);
  }

  private async write(name: SideName, plan: (piece: Piece, side: Side) => Plan): Promise<void> {
    const { studio } = this;
    if (!this.isThere()) return;
    this.forget(name);
    const ticket = this.tickets[name];
    studio.focus(name);
    studio.busy(name, "model", true);
    try {
      for (;;) {
        const side = studio.piece[name];
        const { ask, change, how } = plan(studio.piece, side);
        const { grid, bits } = await ask(studio.services.engine);
        if (ticket !== this.tickets[name]) return;
        // Notes that were locked or freed meanwhile: the answer knows nothing of that, so another one is asked for.
        if (studio.piece[name].locked !== side.locked) continue;
        studio.change((piece) => change(piece, grid));
        studio.set({ selection: { ...studio.state.selection, [name]: [] } });
        const { title, notes, place, voice } = studio.piece[name];
        this.shelve({ title, notes, place, voice }, how, bits);
        return;
      }
    } catch (error) {
      if (ticket === this.tickets[name]) studio.sayError(error);
    } finally {
      if (ticket === this.tickets[name]) this.forget(name);
    }
  }
}

/** The title of what the model wrote, unless another one was typed meanwhile. */
const titled = (now: Side, asked: Side, title: string): string => (now.title === asked.title ? title : now.title);

/** The seed is counted up, unless another one was set meanwhile. */
const seedAfter = (piece: Piece, seed: number): number => (piece.seed === seed ? nextSeed(seed) : piece.seed);
