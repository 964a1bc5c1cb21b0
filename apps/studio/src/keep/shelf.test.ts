/** The history of melodies. */
import { describe, expect, test } from "vitest";
import {
  mergeShelves,
  rate,
  retitle,
  SHELF_LIMIT,
  type Shelf,
  type ShelfEntry,
  shelve,
  star,
  unshelve,
} from "./shelf.ts";

const entry = (n: number, more: Partial<ShelfEntry> = {}): ShelfEntry => ({
  title: `Melody ${n}`,
  notes: [{ pitch: 50 + (n % 37), start: Math.floor(n / 37) % 32, length: 1, fold: Math.floor(n / 1184) }],
  place: { keyShift: 0, octaveShift: 0 },
  voice: "keys",
  how: `drawn with seed ${n}`,
  at: n,
  ...more,
});
const shelfOf = (...numbers: number[]): Shelf => numbers.reduce((shelf: Shelf, n) => shelve(shelf, entry(n)), []);
const titles = (shelf: Shelf): string[] => shelf.map((item) => item.title);

describe("a shelf", () => {
  test("has the newest first and equal melodies once", () => {
    const shelf = shelve(
      rate(shelfOf(1, 2, 3), shelfOf(1)[0]!.id, 43),
      entry(1, { at: 9, how: "varied", title: "Again" }),
    );
    expect(titles(shelf)).toEqual(["Again", "Melody 3", "Melody 2"]);
    expect(shelf[0]).toMatchObject({ how: "varied", at: 9, bits: 43 });
  });
  test("takes the same notes at another key as another melody", () => {
    expect(shelve(shelfOf(1), entry(1, { place: { keyShift: 2, octaveShift: 0 } }))).toHaveLength(2);
  });
  test("takes no melody without notes", () => {
    expect(shelve([], entry(1, { notes: [] }))).toEqual([]);
  });
  test("keeps a favourite a favourite, under its title", () => {
    const [item] = shelfOf(1);
    const shelf = retitle(star([item!], item!.id), item!.id, "Mine");
    expect(shelve(shelf, entry(1))[0]).toMatchObject({ favourite: true, title: "Mine" });
    expect(star(shelf, item!.id)[0]!.favourite).toBe(false);
  });
  test("drops the oldest beyond 200, never a favourite", () => {
    let shelf = shelfOf(0, 1, 2);
    for (const { id } of shelf) shelf = star(shelf, id);
    for (let n = 3; n < 400; n++) shelf = shelve(shelf, entry(n));
    expect(shelf).toHaveLength(SHELF_LIMIT + 3);
    expect(titles(shelf).slice(-4)).toEqual(["Melody 200", "Melody 2", "Melody 1", "Melody 0"]);
    expect(unshelve(shelf, shelf[0]!.id)).toHaveLength(SHELF_LIMIT + 2);
  });
});

describe("two tabs", () => {
  const base = shelfOf(1, 2, 3);
  const id = (n: number): string => shelfOf(n)[0]!.id;
  test("put melodies on one shelf: all are there, newest first", () => {
    const mine = shelve(base, entry(5));
    const theirs = shelve(shelve(base, entry(4)), entry(6));
    expect(titles(mergeShelves(base, mine, theirs))).toEqual([6, 5, 4, 3, 2, 1].map((n) => `Melody ${n}`));
  });
  test("take off: it is off", () => {
    expect(titles(mergeShelves(base, unshelve(base, id(1)), unshelve(base, id(3))))).toEqual(["Melody 2"]);
  });
  test("change different ones: both changes hold; one and the same: mine does", () => {
    const mine = retitle(base, id(1), "x");
    const theirs = retitle(star(base, id(2)), id(1), "y");
    const merged = mergeShelves(base, mine, theirs);
    expect(merged.find((item) => item.id === id(2))!.favourite).toBe(true);
    expect(merged.find((item) => item.id === id(1))!.title).toBe("x");
  });
  test("one takes off what the other made a favourite: it stays", () => {
    expect(mergeShelves(base, unshelve(base, id(1)), star(base, id(1)))).toHaveLength(3);
    expect(mergeShelves(base, star(base, id(1)), unshelve(base, id(1)))).toHaveLength(3);
  });
  test("do nothing: nothing changes", () => {
    expect(mergeShelves(base, base, base)).toEqual(base);
    expect(mergeShelves([], [], base)).toEqual(base);
  });
});
