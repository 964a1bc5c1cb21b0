/**
 * The sliders of a melody: they move at once, and the notes follow when the model has found them.
 *
 * @module
 */
import { Latest } from "../model/latest.ts";
import { gridOf, notesOf } from "../piece/notes.ts";
import { type Piece, type Shape, type Side, type SideName, settled, sideNames } from "../piece/piece.ts";
import { isFlat, shaped, shapedFrom, withSide } from "./sides.ts";
import type { StudioState } from "./state.ts";
import type { Studio } from "./studio.ts";

/** Moves sliders; a step of undo whose notes the model still owes is completed wherever it stands by then. */
export class ShapeDesk {
  private readonly studio: Studio;
  private readonly latest = { a: new Latest(), b: new Latest() };
  /** Positions of sliders for which there are no notes yet. */
  private readonly owed = new WeakSet<Shape>();

  constructor(studio: Studio) {
    this.studio = studio;
    studio.store.subscribe((state, before) => this.follow(state, before));
  }

  /** Whether the notes of a side are not yet those of its sliders. */
  owes(side: Side): boolean {
    return this.owed.has(side.shape);
  }

  /** Moves the sliders of a side; with all at 0 the melody is the one that they started from. */
  move(name: SideName, shape: Shape): void {
    const { studio } = this;
    const start = shapedFrom(studio.piece[name]);
    const still = isFlat(shape);
    if (!still && !studio.model.isThere()) return;
    studio.model.forget(name);
    if (!still) this.owed.add(shape);
    studio.changeSide(name, () => shaped(start, still ? start.origin : start.notes, shape), { merge: `shape ${name}` });
  }

  /** Asks for notes that are owed, when they come onto the screen: by a slider, by undo, by an exchange. */
  private follow({ timeline }: StudioState, before: StudioState): void {
    const [now, then] = [timeline.present, before.timeline.present];
    for (const name of sideNames)
      if (now[name].shape !== then[name].shape && this.owes(now[name])) {
        this.studio.busy(name, "sliders", true);
        this.ask(name);
      }
  }

  private ask(name: SideName): void {
    const { studio } = this;
    this.latest[name].run(async () => {
      const side = studio.piece[name];
      if (this.owes(side)) await this.complete(name, side);
      if (this.owes(studio.piece[name])) this.ask(name);
      else if (!this.latest[name].isWaiting) studio.busy(name, "sliders", false);
    });
  }

  private async complete(name: SideName, { origin, shape, locked }: Side): Promise<void> {
    const { studio } = this;
    try {
      const { grid } = await studio.services.engine.request("shape", {
        ...shape,
        grid: gridOf(origin),
        locked,
        ...studio.scale(),
      });
      const notes = notesOf(grid, origin);
      const present = studio.piece;
      // Notes that were locked meanwhile must not move: the model is asked again.
      const stale = (piece: Piece, side: Side): boolean => piece === present && side.locked !== locked;
      const left = sideNames.some((n) => present[n].shape === shape && stale(present, present[n]));
      studio.amend((piece) =>
        eachSide(piece, (side) =>
          side.shape === shape && side.origin === origin && !stale(piece, side) ? { ...side, notes } : side,
        ),
      );
      if (!left) this.owed.delete(shape);
      this.preview(name, { origin, locked, notes });
    } catch (error) {
      this.owed.delete(shape);
      // Without notes for them the sliders go back to 0, and the melody stays as it is.
      studio.amend((piece) => eachSide(piece, (side) => (side.shape === shape ? settled(side, side.notes) : side)));
      studio.sayError(error);
    }
  }

  /** While a slider moves on, its last notes show the way. */
  private preview(name: SideName, { origin, locked, notes }: Pick<Side, "origin" | "locked" | "notes">): void {
    const { studio } = this;
    const present = studio.piece;
    const side = present[name];
    if (this.owes(side) && side.origin === origin && side.locked === locked)
      studio.amend((piece) => (piece === present ? withSide(piece, name, (s) => ({ ...s, notes })) : piece));
  }
}

function eachSide(piece: Piece, change: (side: Side) => Side): Piece {
  const [a, b] = [change(piece.a), change(piece.b)];
  return a === piece.a && b === piece.b ? piece : { ...piece, a, b };
}
