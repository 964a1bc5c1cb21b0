import { beforeAll, describe, expect, it } from "vitest";
import { type Grid, onsets } from "../grid/grid.ts";
import { bothSorts, broken, dice, rhythmOf, scales, shippedModel, someSteps, strays } from "../testing/shipped.ts";
import { totalInterval } from "./leaps.ts";
import type { MelodyModel } from "./melody-model.ts";
import { type Sliders, shapeMelody } from "./shape.ts";

const AMOUNTS = [-1, -0.4, -0.1, 0.1, 0.4, 1];
const names = ["register", "density", "leaps"] as const;

let model: MelodyModel;
let grids: Grid[];
beforeAll(async () => {
  model = await shippedModel();
  grids = await bothSorts(model, 100, 6);
});

/** What each slider moves; that notes stay as many makes sums as good as means. */
const measure: Readonly<Record<(typeof names)[number], (grid: Grid) => number>> = {
  register: (grid) => grid.reduce((sum, step) => sum + Math.max(0, step), 0),
  density: onsets,
  leaps: totalInterval,
};

describe.each(names)("the slider %s", (name) => {
  it("never moves a melody the wrong way, and nearly always at its ends, in 100 melodies", async () => {
    const changed = { samples: 0, random: 0 };
    for (const [i, grid] of grids.entries()) {
      for (const amount of AMOUNTS) {
        const shaped = await shapeMelody(model, grid, { [name]: amount });
        const moved = measure[name](shaped) - measure[name](grid);
        expect(moved * amount).toBeGreaterThanOrEqual(0);
        if (name !== "density") expect(rhythmOf(shaped)).toBe(rhythmOf(grid));
        if (Math.abs(amount) === 1 && shaped.join() !== grid.join()) changed[i < 50 ? "samples" : "random"]++;
      }
    }
    expect(changed.samples).toBeGreaterThanOrEqual(98);
    // Among the random ones are silence, one note, and a note on every step.
    expect(changed.random).toBeGreaterThanOrEqual(90);
  });

  it("leaves what is locked as it is, and moves the rest the right way", async () => {
    for (const [i, grid] of grids.entries()) {
      const locked = someSteps(grid, i, 3);
      for (const amount of [-1, -0.5, 0.5, 1]) {
        const shaped = await shapeMelody(model, grid, { [name]: amount }, { locked });
        expect(broken(grid, locked, shaped)).toEqual([]);
        expect((measure[name](shaped) - measure[name](grid)) * amount).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it("stays within a scale, of a melody in the scale without moving the wrong way", async () => {
    for (const [i, grid] of grids.entries()) {
      const scale = scales[i % scales.length]!;
      const locked = i % 2 ? someSteps(grid, i, 5) : [];
      for (const amount of [-0.8, 0.8]) {
        const shaped = await shapeMelody(model, grid, { [name]: amount }, { locked, scale });
        expect(strays(grid, scale, locked, shaped)).toEqual([]);
        expect(broken(grid, locked, shaped)).toEqual([]);
        if (locked.length > 0) continue;
        const again = await shapeMelody(model, shaped, { [name]: amount }, { scale });
        expect(strays(again, scale)).toEqual([]);
        expect((measure[name](again) - measure[name](shaped)) * amount).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe("all sliders", () => {
  it("at 0 give the melody itself, whatever the limits", async () => {
    for (const [i, grid] of grids.entries())
      for (const sliders of [{}, { register: 0, density: 0, leaps: 0 }])
        expect(
          await shapeMelody(model, grid, sliders, { locked: someSteps(grid, i), scale: scales[i % scales.length] }),
        ).toEqual(grid);
  });

  it("together keep to locks and scale, and give the same melody again", async () => {
    const next = dice(8);
    for (const [i, grid] of grids.entries()) {
      const locked = someSteps(grid, i, 11);
      const scale = scales[i % scales.length]!;
      const sliders: Sliders = { register: 2 * next() - 1, density: 2 * next() - 1, leaps: 2 * next() - 1 };
      const shaped = await shapeMelody(model, grid, sliders, { locked, scale });
      expect(broken(grid, locked, shaped)).toEqual([]);
      expect(strays(grid, scale, locked, shaped)).toEqual([]);
      if (i % 10 === 0) expect(await shapeMelody(model, grid, sliders, { locked, scale })).toEqual(shaped);
    }
  });

  it("stand between −1 and 1", async () => {
    for (const register of [1.01, -2, Number.NaN])
      await expect(shapeMelody(model, grids[0]!, { register })).rejects.toMatchObject({ code: "slider" });
  });

  it("never silence a melody", async () => {
    for (const grid of grids)
      if (onsets(grid) > 0) expect(onsets(await shapeMelody(model, grid, { density: -1 }))).toBeGreaterThan(0);
  });
});
