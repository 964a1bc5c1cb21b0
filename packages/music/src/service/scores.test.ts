import { expect, it } from "vitest";
import type { MelodyCallOptions, MelodyModel } from "../flow/melody-model.ts";
import { fromEvent, type Grid, gridKey, toEvent } from "../grid/grid.ts";
import { randomGrids, shippedModel } from "../testing/shipped.ts";
import { Scores } from "./scores.ts";

/** A model that notes what it is asked to score, and makes bits up. */
function noting(): { readonly model: MelodyModel; readonly asked: number[]; readonly of: (grid: Grid) => number } {
  const asked: number[] = [];
  const of = (grid: Grid): number => gridKey(grid).charCodeAt(5) + grid[0]!;
  const bits = async (events: readonly ArrayLike<number>[], _: MelodyCallOptions) => {
    asked.push(events.length);
    return events.map((event) => of(fromEvent(event)));
  };
  return { model: { bits } as unknown as MelodyModel, asked, of };
}

it("scores a melody once, and one that was drawn not at all", async () => {
  const { model, asked, of } = noting();
  const scores = new Scores(model);
  const [a, b, c] = randomGrids(3) as [Grid, Grid, Grid];
  expect(await scores.of([a, b, a], {})).toEqual([of(a), of(b), of(a)]);
  expect(await scores.of([b, a], {})).toEqual([of(b), of(a)]);
  scores.remember(c, 7);
  expect(await scores.of([c, a], {})).toEqual([7, of(a)]);
  expect(await scores.of([], {})).toEqual([]);
  expect(asked).toEqual([2]);
});

it("forgets rather than grows, and stays right", async () => {
  const { model, asked, of } = noting();
  const scores = new Scores(model);
  const grids = [...new Map(randomGrids(5000).map((grid) => [gridKey(grid), grid])).values()];
  expect(await scores.of(grids, {})).toEqual(grids.map(of));
  expect(await scores.of(grids.slice(0, 10), {})).toEqual(grids.slice(0, 10).map(of));
  expect(grids.length).toBeGreaterThan(4096);
  expect(asked).toEqual([grids.length, 10]);
});

it("gives what the model gives", async () => {
  const model = await shippedModel();
  const grids = randomGrids(4);
  expect(await new Scores(model).of(grids, {})).toEqual(await model.bits(grids.map(toEvent)));
});
