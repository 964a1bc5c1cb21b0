/**
 * What the model does for the studio: draw, vary, shape, cross, the path, and what it thinks of each melody.
 *
 * @module
 */
import { WorkerError } from "@normflow/core";
import type { Grid } from "@normflow/music";
import { melodyId, shelve, star } from "../keep/shelf.ts";
import { Latest } from "../model/latest.ts";
import { gridOf, notesOf, sameNotes } from "../piece/notes.ts";
import { type Piece, SEEDS, type Shape, type SideName, sideNames } from "../piece/piece.ts";
import { scales } from "../piece/scale.ts";
import { insightOf } from "./insight.ts";
import { isFlat, otherSide, shaped, shapedFrom, varied, variedFrom, withSide, written } from "./sides.ts";
import type { StudioState, Tune } from "./state.ts";
import type { Studio } from "./studio.ts";

const SAMPLES_OF_TYPICAL = 200;

const scaleOf = ({ scale }: Piece): { readonly scale?: readonly number[] } =>
  scale === "chromatic" ? {} : { scale: scales[scale].classes };

/** Asks the model and puts what it answers where it belongs; answers that came too late are dropped. */
export class ModelDesk {
  private readonly studio: Studio;
  private readonly sliders = { a: new Latest(), b: new Latest() };
  private readonly insights = { a: new Latest(), b: new Latest() };
  private readonly paths = new Latest();
  /** Counted up when something else is done to a side: what was asked before has no say any more. */
  private readonly tickets = { a: 0, b: 0 };
  private readonly moves = { a: 0, b: 0 };
  private typicalOf = 0;

  constructor(studio: Studio) {
    this.studio = studio;
    studio.store.subscribe((state, before) => this.follow(state, before));
  }

  /** Uses a model from now on. @throws {FlowError} where the bytes hold none; the one in use stays */
  async use(bytes: Uint8Array, file: string | undefined): Promise<void> {
    const { studio } = this;
    const card = await studio.services.engine.use(bytes);
    studio.set({ model: { kind: "ready", card, fileName: file }, typical: undefined });
    this.lookAtAll();
    void this.countTypical();
  }

  /** Drops what the model is writing for a side: something else was done to it meanwhile. */
  forget(name: SideName): void {
    this.tickets[name]++;
    this.sliders[name].clear();
    if (this.studio.state.busy[name]) this.busy(name, false);
  }

  /** Draws a new melody, around the locked notes where there are any, and counts the seed up. */
  draw(name: SideName): Promise<void> {
    const { seed, temperature } = this.studio.piece;
    const side = this.studio.piece[name];
    const options = { seed, temperature, ...scaleOf(this.studio.piece) };
    return this.write(
      name,
      async (engine) => {
        if (side.locked.length > 0)
          return engine.request("regenerate", { ...options, grid: gridOf(side.notes), locked: side.locked });
        const { grids, bits } = await engine.request("sample", options);
        return { grid: grids[0]!, bits: bits[0]! };
      },
      (grid) => (piece) => ({
        ...withSide(piece, name, (s) => {
          const notes = notesOf(grid, s.locked.length > 0 ? s.notes : []);
          return { ...written(s, notes, `Seed ${seed}`), locked: s.locked };
        }),
        seed: (seed + 1) % SEEDS,
      }),
      `drawn with seed ${seed}`,
    );
  }

  /** Writes a variation of the original; at similarity 1 it is the original. */
  vary(name: SideName): Promise<void> {
    const { seed, temperature, similarity } = this.studio.piece;
    const start = variedFrom(this.studio.piece[name]);
    return this.write(
      name,
      (engine) =>
        engine.request("vary", {
          grid: gridOf(start.origin),
          similarity,
          seed,
          temperature,
          locked: start.locked,
          ...scaleOf(this.studio.piece),
        }),
      (grid) => (piece) => ({
        ...withSide(piece, name, () => varied(start, notesOf(grid, start.origin))),
        seed: (seed + 1) % SEEDS,
      }),
      `varied, ${Math.round(similarity * 100)} % similar`,
    );
  }

  /** Keeps the rhythm of a side and takes the pitches of the other. */
  cross(name: SideName): Promise<void> {
    const { piece } = this.studio;
    const other = piece[otherSide(name)];
    return this.write(
      name,
      (engine) =>
        engine.request("cross", {
          rhythm: gridOf(piece[name].notes),
          pitches: gridOf(other.notes),
          ...scaleOf(piece),
        }),
      (grid) => (now) =>
        withSide(now, name, (s) => written(s, notesOf(grid), `${s.title} × ${other.title}`.slice(0, 60))),
      "crossed",
    );
  }

  /** Moves the sliders of a side; with all at 0 the melody is the one that they started from. */
  shape(name: SideName, shape: Shape): void {
    const { studio } = this;
    const start = shapedFrom(studio.piece[name]);
    const gesture = { merge: `shape ${name}` };
    if (isFlat(shape)) {
      this.forget(name);
      studio.changeSide(name, () => shaped(start, start.origin, shape), gesture);
      return;
    }
    // The slider moves at once; the notes follow, in the same step of undo, when the model has found them.
    studio.changeSide(name, () => shaped(start, studio.piece[name].notes, shape), gesture);
    const ticket = this.tickets[name];
    const move = ++this.moves[name];
    this.busy(name, true);
    this.sliders[name].run(async () => {
      try {
        const { grid } = await studio.services.engine.request("shape", {
          grid: gridOf(start.origin),
          ...shape,
          locked: start.locked,
          ...scaleOf(studio.piece),
        });
        const notes = notesOf(grid, start.origin);
        if (ticket === this.tickets[name])
          studio.amend((piece) => withSide(piece, name, (side) => ({ ...side, notes })));
      } catch (error) {
        this.failed(error);
      } finally {
        if (ticket === this.tickets[name] && move === this.moves[name]) this.busy(name, false);
      }
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

  private async write(
    name: SideName,
    ask: (engine: Studio["services"]["engine"]) => Promise<{ readonly grid: Grid; readonly bits: number }>,
    change: (grid: Grid) => (piece: Piece) => Piece,
    how: string,
  ): Promise<void> {
    const { studio } = this;
    if (studio.state.model.kind !== "ready") {
      studio.say(
        studio.state.model.kind === "failed" ? studio.state.model.message : "The model is still on its way.",
        "warning",
      );
      return;
    }
    const ticket = ++this.tickets[name];
    this.busy(name, true);
    try {
      const { grid, bits } = await ask(studio.services.engine);
      if (ticket !== this.tickets[name]) return;
      studio.change(change(grid));
      studio.set({ selection: { ...studio.state.selection, [name]: [] }, focus: name });
      const { title, notes, place, voice } = studio.piece[name];
      this.shelve({ title, notes, place, voice }, how, bits);
    } catch (error) {
      this.failed(error);
    } finally {
      if (ticket === this.tickets[name]) this.busy(name, false);
    }
  }

  private busy(name: SideName, busy: boolean): void {
    this.studio.set({ busy: { ...this.studio.state.busy, [name]: busy } });
  }

  private failed(error: unknown): void {
    if (error instanceof WorkerError && error.code === "cancelled") return;
    this.studio.sayError(error);
  }

  /** Looks again at what has changed. */
  private follow(state: StudioState, before: StudioState): void {
    const [now, then] = [state.timeline.present, before.timeline.present];
    if (now === then) return;
    for (const name of sideNames) if (now[name].notes !== then[name].notes) this.look(name);
    if (
      now.a.notes !== then.a.notes ||
      now.b.notes !== then.b.notes ||
      now.path.points !== then.path.points ||
      now.path.preset !== then.path.preset
    )
      this.findPath();
  }

  private lookAtAll(): void {
    for (const name of sideNames) this.look(name);
    this.findPath();
  }

  private look(name: SideName): void {
    const { studio } = this;
    this.insights[name].run(async () => {
      const { notes } = studio.piece[name];
      const put = (insight: StudioState["insight"]["a"]): void =>
        studio.set({ insight: { ...studio.state.insight, [name]: insight } });
      if (studio.state.model.kind !== "ready" || notes.length === 0) return put(undefined);
      try {
        const bits = await studio.services.engine.request("surprise", { grid: gridOf(notes) });
        if (sameNotes(notes, studio.piece[name].notes)) put(insightOf(notes, bits));
      } catch (error) {
        put(undefined);
        this.failed(error);
      }
    });
  }

  private findPath(): void {
    const { studio } = this;
    this.paths.run(async () => {
      const { a, b, path } = studio.piece;
      if (studio.state.model.kind !== "ready" || a.notes.length === 0 || b.notes.length === 0)
        return studio.set({ path: undefined });
      try {
        const { grids, bits } = await studio.services.engine.request("morph", {
          a: gridOf(a.notes),
          b: gridOf(b.notes),
          ...path,
        });
        const now = studio.piece;
        if (now.a.notes !== a.notes || now.b.notes !== b.notes || now.path !== path) return;
        const notes = grids.map((grid, i) => (i === 0 ? a.notes : i === grids.length - 1 ? b.notes : notesOf(grid)));
        studio.set({ path: { notes, bits } });
      } catch (error) {
        studio.set({ path: undefined });
        this.failed(error);
      }
    });
  }

  private async countTypical(): Promise<void> {
    const { studio } = this;
    const turn = ++this.typicalOf;
    try {
      const typical = await studio.services.engine.request("typical", { n: SAMPLES_OF_TYPICAL });
      if (turn === this.typicalOf) studio.set({ typical });
    } catch (error) {
      this.failed(error);
    }
  }
}
