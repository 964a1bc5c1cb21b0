/**
 * What melodies of a service weigh: each is scored once.
 *
 * @module
 */
import type { MelodyCallOptions, MelodyModel } from "../flow/melody-model.ts";
import { type Grid, gridKey, toEvent } from "../grid/grid.ts";

/** Most melodies whose bits are remembered. */
const MOST = 4096;

/** −log₂ p of melodies by a model, those of melodies that it has scored or drawn before remembered. */
export class Scores {
  readonly model: MelodyModel;
  private readonly known = new Map<string, number>();

  constructor(model: MelodyModel) {
    this.model = model;
  }

  /** −log₂ p of each melody. */
  async of(grids: readonly Grid[], options: MelodyCallOptions): Promise<number[]> {
    const keys = grids.map(gridKey);
    const found = new Map<string, number | Grid>(keys.map((key, i) => [key, this.known.get(key) ?? grids[i]!]));
    const fresh = [...found].filter((entry): entry is [string, Grid] => typeof entry[1] !== "number");
    if (fresh.length > 0) {
      const bits = await this.model.bits(
        fresh.map(([, grid]) => toEvent(grid)),
        options,
      );
      for (const [i, [key, grid]] of fresh.entries()) {
        found.set(key, bits[i]!);
        this.remember(grid, bits[i]!);
      }
    }
    return keys.map((key) => found.get(key) as number);
  }

  /** Takes over what is known of a melody. */
  remember(grid: Grid, bits: number): void {
    if (this.known.size >= MOST) this.known.clear();
    this.known.set(gridKey(grid), bits);
  }
}
