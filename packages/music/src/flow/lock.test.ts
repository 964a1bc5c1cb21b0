import { beforeAll, describe, expect, it } from "vitest";
import { fromEvent, fromNotes, type Grid, toEvent } from "../grid/grid.ts";
import { bothSorts, broken, scales, shippedModel, someSteps, strays } from "../testing/shipped.ts";
import { lockedEvent } from "./lock.ts";
import type { MelodyModel } from "./melody-model.ts";

let model: MelodyModel;
let grids: Grid[];
beforeAll(async () => {
  model = await shippedModel();
  grids = await bothSorts(model, 100, 4);
});

describe("locks", () => {
  it("leave notes and silences as they are in 100 regenerated melodies, with and without a scale", async () => {
    let changed = 0;
    for (const [i, grid] of grids.entries()) {
      const locked = someSteps(grid, i);
      const scale = i % 2 ? scales[i % scales.length] : undefined;
      const temperature = i % 3 ? 1 : 2;
      for (const event of await model.regenerate(toEvent(grid), 4, { locked, scale, seed: i, temperature })) {
        const result = fromEvent(event);
        expect(broken(grid, locked, result)).toEqual([]);
        if (scale) expect(strays(grid, scale, locked, result)).toEqual([]);
        if (result.join() !== grid.join()) changed++;
      }
    }
    expect(changed).toBeGreaterThan(380);
  });

  it("say the same melody in their own words", () => {
    for (const [i, grid] of grids.entries()) expect(fromEvent(lockedEvent(grid, someSteps(grid, i)))).toEqual(grid);
  });

  it("lock a bar with what reaches over its line", async () => {
    const grid = fromNotes([
      [60, 0, 4],
      [62, 12, 8],
      [64, 24, 8],
    ]);
    const locked = [...Array(16).keys()];
    for (const event of await model.regenerate(toEvent(grid), 50, { locked, seed: 1, temperature: 2 })) {
      const result = fromEvent(event);
      expect(result.slice(0, 20)).toEqual(grid.slice(0, 20));
      expect(result[20]).not.toBe(-1);
    }
  });

  it("win over a scale", async () => {
    const grid = fromNotes([
      [61, 0, 4],
      [63, 8, 4],
    ]);
    const scale = scales[0]!;
    for (const event of await model.regenerate(toEvent(grid), 20, { locked: [9], scale, seed: 1 })) {
      expect(event[8 + 8]).toBe(13);
      expect(strays(grid, scale, [9], fromEvent(event))).toEqual([]);
    }
  });

  it("of the whole melody leave nothing else", async () => {
    for (const grid of grids.slice(40, 60)) {
      const [event] = await model.regenerate(toEvent(grid), 1, { locked: Array(32).keys(), seed: 9 });
      expect(fromEvent(event!)).toEqual(grid);
    }
  });
});

describe("a scale", () => {
  it("holds for samples", async () => {
    for (const scale of scales)
      for (const event of await model.regenerate(toEvent(grids[0]!), 20, { scale, seed: 2 }))
        expect(strays(fromEvent(event), scale)).toEqual([]);
  });
});

describe("variations", () => {
  it("are the melody itself at 1, and nearer to it the nearer they are to 1", async () => {
    const similarities = [0, 0.3, 0.6, 0.8, 0.9, 0.97, 0.999];
    const differing = similarities.map(() => 0);
    for (const [i, grid] of grids.entries()) {
      const event = toEvent(grid);
      expect(await model.vary(event, 1, { similarity: 1, seed: i })).toEqual([event]);
      for (const [k, similarity] of similarities.entries()) {
        const [varied] = await model.vary(event, 1, { similarity, seed: i });
        const result = fromEvent(varied!);
        differing[k]! += grid.filter((step, t) => step !== result[t]).length / 32;
      }
    }
    for (let k = 1; k < differing.length; k++) expect(differing[k]).toBeLessThan(differing[k - 1]!);
    expect(differing.at(-1)! / 100).toBeLessThan(0.02);
  });

  it("keep what is locked and to the scale, however strong the pull", async () => {
    for (const [i, grid] of grids.entries()) {
      const locked = someSteps(grid, i, 7);
      const scale = scales[i % scales.length]!;
      for (const similarity of [0.2, 0.9, 1 - 1e-9]) {
        const [varied] = await model.vary(toEvent(grid), 1, { similarity, locked, scale, seed: i });
        expect(broken(grid, locked, fromEvent(varied!))).toEqual([]);
        expect(strays(grid, scale, locked, fromEvent(varied!))).toEqual([]);
      }
    }
  });
});
