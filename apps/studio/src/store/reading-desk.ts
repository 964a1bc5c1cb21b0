/**
 * What the model makes of the melodies on the screen: how likely each is, and the path between them.
 *
 * @module
 */
import { Latest } from "../model/latest.ts";
import { nextTask } from "../next-task.ts";
import { gridOf, notesOf, sameNotes } from "../piece/notes.ts";
import { type SideName, sideNames } from "../piece/piece.ts";
import { insightOf } from "./insight.ts";
import type { StudioState } from "./state.ts";
import type { Studio } from "./studio.ts";

const SAMPLES_OF_TYPICAL = 200;

/** Asks again in the task after a melody's change, which is shown first; answers that came too late are dropped. */
export class ReadingDesk {
  private readonly studio: Studio;
  private readonly insights = { a: new Latest(), b: new Latest() };
  private readonly paths = new Latest();
  private typicalOf = 0;

  constructor(studio: Studio) {
    this.studio = studio;
    studio.store.subscribe((state, before) => this.follow(state, before));
  }

  /** Reads everything anew: there is another model. */
  readAll(): void {
    for (const name of sideNames) this.look(name);
    this.findPath();
    void this.countTypical();
  }

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

  private look(name: SideName): void {
    const { studio } = this;
    this.insights[name].run(async () => {
      const { notes } = studio.piece[name];
      const put = (insight: StudioState["insight"]["a"]): void =>
        studio.set({ insight: { ...studio.state.insight, [name]: insight } });
      if (studio.state.model.kind !== "ready" || notes.length === 0) return put(undefined);
      await nextTask();
      if (this.insights[name].isWaiting) return;
      try {
        const bits = await studio.services.engine.request("surprise", { grid: gridOf(notes) });
        if (sameNotes(notes, studio.piece[name].notes)) put(insightOf(studio.piece[name].notes, bits));
      } catch (error) {
        put(undefined);
        studio.sayError(error);
      }
    });
  }

  private findPath(): void {
    const { studio } = this;
    this.paths.run(async () => {
      const { a, b, path } = studio.piece;
      if (studio.state.model.kind !== "ready" || a.notes.length === 0 || b.notes.length === 0)
        return studio.set({ path: undefined });
      await nextTask();
      if (this.paths.isWaiting) return;
      try {
        const { grids, bits } = await studio.services.engine.request("morph", {
          a: gridOf(a.notes),
          b: gridOf(b.notes),
          ...path,
        });
        const now = studio.piece;
        const changed = now.path.points !== path.points || now.path.preset !== path.preset;
        if (now.a.notes !== a.notes || now.b.notes !== b.notes || changed) return;
        const notes = grids.map((grid, i) => (i === 0 ? a.notes : i === grids.length - 1 ? b.notes : notesOf(grid)));
        studio.set({ path: { notes, bits } });
      } catch (error) {
        studio.set({ path: undefined });
        studio.sayError(error);
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
      if (turn === this.typicalOf) studio.sayError(error);
    }
  }
}
