/** What outlasts the page, against stores that are full, damaged, shared or missing. */
import { describe, expect, test } from "vitest";
import type { Piece } from "../piece/piece.ts";
import { encodePiece } from "./link.ts";
import { type Shelf, type ShelfEntry, shelve, star, unshelve } from "./shelf.ts";
import { defaultPreferences, memoryStorage, openStorage, type StorageLike } from "./storage.ts";
import { dice, randomNotes, randomPiece } from "./testing/random-piece.ts";
import { record, redo, startTimeline, type Timeline, undo } from "./timeline.ts";

class QuotaExceededError extends Error {
  override readonly name = "QuotaExceededError";
}

/** A store with room for so many characters. */
function small(room: number): StorageLike & { used(): number; room: number } {
  const inner = memoryStorage();
  const keys = (): string[] => Array.from({ length: inner.length }, (_, i) => inner.key(i)!);
  const used = (): number => keys().reduce((sum, key) => sum + key.length + inner.getItem(key)!.length, 0);
  const store = {
    room,
    used,
    get length() {
      return inner.length;
    },
    key: (i: number) => inner.key(i),
    getItem: (key: string) => inner.getItem(key),
    removeItem: (key: string) => inner.removeItem(key),
    setItem: (key: string, value: string) => {
      const before = inner.getItem(key);
      const more = value.length - (before?.length ?? 0) + (before === null ? key.length : 0);
      if (used() + more > store.room) throw new QuotaExceededError("full");
      inner.setItem(key, value);
    },
  };
  return store;
}

const keysOf = (store: StorageLike): string[] => Array.from({ length: store.length }, (_, i) => store.key(i)!);
const dump = (store: StorageLike): Record<string, string> =>
  Object.fromEntries(keysOf(store).map((key) => [key, store.getItem(key)!]));

let time = 1_700_000_000_000;
const now = (): number => ++time;
const open = (store: StorageLike | undefined, tab?: StorageLike) => openStorage(store, { tab, now });

const history = (n: number, seed = 1): Timeline => {
  const roll = dice(seed);
  let timeline = startTimeline(randomPiece(roll));
  for (let i = 0; i < n; i++) timeline = record(timeline, randomPiece(roll));
  return timeline;
};
const plain = ({ past, present, future }: Timeline) => ({ past, present, future });

const entry = (n: number): ShelfEntry => ({
  title: `Melody ${n} ♫`,
  notes: [...randomNotes(dice(n)).filter((note) => note.start > 0), { pitch: 50, start: 0, length: 1, fold: 0 }].sort(
    (a, b) => a.start - b.start,
  ),
  place: { keyShift: n % 12, octaveShift: n % 3 === 0 ? 12 : 0 },
  voice: "fiddle",
  how: `drawn with seed ${n}`,
  at: 1000 + n,
  ...(n % 2 ? { bits: 40 + n / 3 } : {}),
});
const shelfOf = (n: number): Shelf =>
  Array.from({ length: n }, (_, i) => entry(i)).reduce((shelf: Shelf, e) => shelve(shelf, e), []);

describe("a reload", () => {
  test("brings everything back, after every one of 300 edits", () => {
    const [store, tab] = [memoryStorage(), memoryStorage()];
    const roll = dice(9);
    let storage = open(store, tab);
    expect(storage.load()).toEqual({
      timeline: undefined,
      shelf: [],
      preferences: defaultPreferences,
      others: [],
      problems: [],
    });
    let timeline = startTimeline(randomPiece(roll));
    for (let i = 0; i < 300; i++) {
      const what = roll(6);
      timeline =
        what === 0
          ? undo(timeline)
          : what === 1
            ? redo(timeline)
            : record(timeline, randomPiece(roll), "k".repeat(roll(2)));
      expect(storage.saveTimeline(timeline)).toBeUndefined();
      if (roll(10) > 0) continue;
      // Killed without notice.
      storage = open(store, tab);
      const kept = storage.load();
      expect(kept.problems).toEqual([]);
      expect(kept.others).toEqual([]);
      expect(plain(kept.timeline!)).toEqual(plain(timeline));
      timeline = kept.timeline!;
    }
    // One visit follows the other: none is left over.
    expect(new Set(keysOf(store).map((key) => key.split(":")[3])).size).toBe(1);
  });

  test("brings back 1,000 steps, and those after older ones were dropped", () => {
    const store = memoryStorage();
    const long = history(1100);
    open(store).saveTimeline(long);
    const kept = open(store).load().timeline!;
    expect(plain(kept)).toEqual(plain(long));
    expect(kept.past).toHaveLength(1000);
    console.log(`1,000 steps take ${JSON.stringify(dump(store)).length} characters`);
  });

  test("brings back shelf and preferences", () => {
    const store = memoryStorage();
    const storage = open(store);
    const shelf = star(shelfOf(120), shelfOf(120)[7]!.id);
    expect(storage.saveShelf(shelf)).toEqual({ shelf });
    const preferences = { ...defaultPreferences, theme: "dark", volume: 0.25, countIn: true } as const;
    expect(storage.savePreferences(preferences)).toBeUndefined();
    const kept = open(store).load();
    expect(kept.shelf).toEqual(shelf);
    expect(kept.preferences).toEqual(preferences);
    expect(kept.problems).toEqual([]);
  });

  test("writes little for an edit", () => {
    const store = memoryStorage();
    let written = 0;
    const counting: StorageLike = {
      ...store,
      get length() {
        return store.length;
      },
      setItem: (key, value) => {
        written += value.length;
        store.setItem(key, value);
      },
    };
    const storage = open(counting);
    let timeline = history(1200);
    storage.saveTimeline(timeline);
    written = 0;
    for (let i = 0; i < 100; i++) storage.saveTimeline((timeline = record(timeline, randomPiece(dice(i + 50)))));
    console.log(`an edit writes ${Math.round(written / 100)} characters`);
    expect(written / 100).toBeLessThan(64 * 500);
  });
});

describe("a tab killed between two writes", () => {
  test("has the newest piece and all steps before it, at every point", () => {
    const before = history(70);
    const after = record(before, randomPiece(dice(77)));
    for (let allowed = 0; allowed < 4; allowed++) {
      const store = memoryStorage();
      let left = Number.POSITIVE_INFINITY;
      const dying: StorageLike = {
        ...store,
        get length() {
          return store.length;
        },
        setItem: (key, value) => {
          if (left-- > 0) store.setItem(key, value);
        },
      };
      const storage = open(dying);
      storage.saveTimeline(before);
      left = allowed;
      storage.saveTimeline(after);
      const kept = open(store).load().timeline!;
      if (allowed === 0) expect(plain(kept)).toEqual(plain(before));
      else expect(plain(kept)).toEqual(plain(after));
    }
  });
});

describe("damage", () => {
  const build = (): { store: StorageLike; timeline: Timeline; shelf: Shelf } => {
    const store = memoryStorage();
    const storage = open(store);
    const timeline = undo(undo(history(150)));
    const shelf = shelfOf(40);
    storage.saveTimeline(timeline);
    storage.saveShelf(shelf);
    storage.savePreferences({ ...defaultPreferences, volume: 0.5 });
    return { store, timeline, shelf };
  };

  test("anywhere in any record loses a step or an item, says so, and never more", () => {
    const { store, timeline, shelf } = build();
    const whole = dump(store);
    const roll = dice(3);
    for (let i = 0; i < 150; i++) {
      const damaged = memoryStorage();
      for (const [key, value] of Object.entries(whole)) damaged.setItem(key, value);
      const keys = Object.keys(whole);
      const key = keys[roll(keys.length)]!;
      const at = roll(whole[key]!.length);
      if (whole[key]![at] === "\n") continue;
      damaged.setItem(key, `${whole[key]!.slice(0, at)}\u2603${whole[key]!.slice(at + 1)}`);
      const kept = open(damaged).load();
      expect(kept.timeline?.present).toBeDefined();
      const steps = kept.timeline!.past.length + kept.timeline!.future.length;
      const had = timeline.past.length + timeline.future.length;
      if (key.endsWith(":head")) expect(had - steps).toBeLessThanOrEqual(2);
      else {
        expect(kept.timeline!.present).toEqual(timeline.present);
        expect(had - steps).toBeLessThanOrEqual(1);
      }
      expect(shelf.length - kept.shelf.length).toBeLessThanOrEqual(1);
      for (const item of kept.shelf) expect(shelf).toContainEqual(item);
      for (const problem of kept.problems) expect(problem).toMatch(/^[A-Z].*\.$/);
      if (steps < had && !key.endsWith(":head")) expect(kept.problems).toHaveLength(1);
    }
  });

  test("of whole records never throws, and what comes after is kept", () => {
    const roll = dice(4);
    const rubbish = [
      "",
      "null",
      "{}",
      "[]",
      "\u0000",
      "x".repeat(10_000),
      "0\n1\n2",
      "AAAA",
      '{"at":1e999}',
      "00000000 {}",
    ];
    for (let i = 0; i < 60; i++) {
      const { store } = build();
      for (const key of keysOf(store)) if (roll(2)) store.setItem(key, rubbish[roll(rubbish.length)]!);
      store.setItem("normflow:1:session:other:head", rubbish[roll(rubbish.length)]!);
      store.setItem("normflow:1:session::::", "?");
      store.setItem("normflow:1:session:x:12345678901", "?");
      store.setItem("foreign", "theirs");
      const storage = open(store);
      storage.load();
      const timeline = history(3, i);
      expect(storage.saveTimeline(timeline)).toBeUndefined();
      expect(storage.saveShelf(shelfOf(2)).problem).toBeUndefined();
      expect(storage.savePreferences(defaultPreferences)).toBeUndefined();
      expect(plain(open(store).load().timeline!)).toEqual(plain(timeline));
      expect(store.getItem("foreign")).toBe("theirs");
    }
  });

  test("of a head leaves the last step as the piece", () => {
    const store = memoryStorage();
    const timeline = history(5);
    open(store).saveTimeline(timeline);
    const head = keysOf(store).find((key) => key.endsWith(":head"))!;
    store.removeItem(head);
    expect(plain(open(store).load().timeline!)).toEqual(plain(timeline));
  });

  test("does not replace what another studio may read", () => {
    const [store, tab] = [memoryStorage(), memoryStorage()];
    open(store, tab).saveTimeline(history(5));
    const block = keysOf(store).find((key) => key.endsWith(":0"))!;
    store.setItem(block, store.getItem(block)!.replace("A", "B"));
    const storage = open(store, tab);
    const kept = storage.load();
    expect(kept.problems).toEqual(["One step of undo could not be read; everything else is here."]);
    storage.saveTimeline(kept.timeline!);
    expect(store.getItem(block)).not.toBeNull();
  });

  test("a piece that is none is not written over the good one", () => {
    const store = memoryStorage();
    const storage = open(store);
    const good = startTimeline(randomPiece(dice(1)));
    storage.saveTimeline(good);
    const notes = [{ pitch: 200, start: 0, length: 99, fold: 0 }];
    const bad = { ...good.present, a: { ...good.present.a, notes } };
    expect(storage.saveTimeline(startTimeline(bad))).toMatch(/not kept/);
    expect(open(store).load().timeline!.present).toEqual(good.present);
  });
});

describe("what a newer studio wrote", () => {
  test("under its own keys is left alone, and told of", () => {
    const store = memoryStorage();
    store.setItem("normflow:2:session:a:head", "??");
    const kept = open(store).load();
    expect(kept.problems).toEqual([expect.stringContaining("A newer studio")]);
    open(store).saveTimeline(history(1));
    expect(store.getItem("normflow:2:session:a:head")).toBe("??");
  });
  test("into preferences and shelf survives what this one writes", () => {
    const store = memoryStorage();
    const storage = open(store);
    storage.saveShelf(shelfOf(3));
    storage.savePreferences({ ...defaultPreferences, volume: 0.1 });
    const line = (text: string): string => {
      // As a newer studio would: the same line form, other content.
      const other = memoryStorage();
      const o = open(other);
      o.savePreferences({ ...defaultPreferences, volume: 0.9, ...JSON.parse(text) });
      return other.getItem("normflow:1:preferences")!;
    };
    store.setItem("normflow:1:preferences", line('{"reverb":0.3}'));
    store.setItem("normflow:1:shelf", `${line('{"chord":1}')}\n${store.getItem("normflow:1:shelf")}`);
    const next = open(store);
    const kept = next.load();
    expect(kept.problems).toEqual([]);
    expect(kept.preferences.volume).toBe(0.9);
    next.savePreferences({ ...kept.preferences, loop: false });
    next.saveShelf(shelve(kept.shelf, entry(99)));
    expect(store.getItem("normflow:1:preferences")).toContain('"reverb":0.3');
    expect(store.getItem("normflow:1:shelf")).toContain('"chord":1');
    expect(open(store).load().shelf).toHaveLength(4);
  });
});

describe("a full store", () => {
  test("gives up the oldest steps first, says so once, and keeps the piece at every edit", () => {
    const store = small(30_000);
    const storage = open(store);
    const sentences: string[] = [];
    let timeline = startTimeline(randomPiece(dice(5)));
    for (let i = 0; i < 600; i++) {
      timeline = record(timeline, randomPiece(dice(1000 + i)));
      const said = storage.saveTimeline(timeline);
      if (said) sentences.push(said);
    }
    expect(sentences).toEqual([expect.stringContaining("oldest steps of undo")]);
    const kept = open(store).load();
    expect(kept.timeline!.present).toEqual(timeline.present);
    expect(kept.timeline!.past.length).toBeGreaterThan(50);
    expect(kept.timeline!.past).toEqual(timeline.past.slice(-kept.timeline!.past.length));
    expect(kept.problems).toEqual([]);
  });

  test("gives up old items of the shelf for a new one, never a favourite", () => {
    const store = small(12_000);
    const storage = open(store);
    let shelf: Shelf = [];
    for (let i = 0; i < 10; i++) shelf = shelve(shelf, entry(i));
    for (const { id } of shelf) shelf = star(shelf, id);
    for (let i = 10; i < 150; i++) ({ shelf } = storage.saveShelf(shelve(shelf, entry(i))));
    expect(shelf.filter((item) => !item.favourite).length).toBeGreaterThan(100);
    const kept = open(store).load();
    expect(kept.shelf[0]!.title).toBe("Melody 149 ♫");
    expect(kept.shelf.filter((item) => item.favourite)).toHaveLength(10);
    expect(kept.shelf.length).toBeGreaterThan(20);
  });

  test("keeps the piece when shelf and other visits take the room", () => {
    const store = small(60_000);
    open(store).saveTimeline(history(100));
    open(store).saveShelf(shelfOf(150));
    store.room = store.used() + 20;
    const storage = open(store);
    storage.load();
    const timeline = history(1, 8);
    expect(storage.saveTimeline(timeline)).toContain("full");
    expect(plain(open(store).load().timeline!)).toEqual(plain(timeline));
  });

  test("says so in a sentence when nothing can be given up, and works when there is room again", () => {
    const store = small(100);
    const storage = open(store);
    const timeline = history(2);
    expect(storage.saveTimeline(timeline)).toContain("not kept");
    expect(storage.saveTimeline(timeline)).toBeUndefined();
    store.room = 100_000;
    expect(storage.saveTimeline(timeline)).toBeUndefined();
    expect(plain(open(store).load().timeline!)).toEqual(plain(timeline));
  });
});

describe("without a store", () => {
  const forbidden = new Proxy({} as StorageLike, {
    get: () => {
      throw new Error("SecurityError");
    },
  });
  const readOnly: StorageLike = {
    length: 0,
    key: () => null,
    getItem: () => null,
    removeItem: () => {},
    setItem: () => {
      throw new QuotaExceededError("private");
    },
  };
  test.each([
    ["there is none", undefined],
    ["it is forbidden", forbidden],
    ["it takes nothing", readOnly],
  ])("%s: it works in memory and says so", (_, store) => {
    const storage = open(store);
    expect(storage.load().problems).toEqual([expect.stringContaining("keeps nothing")]);
    expect(storage.saveTimeline(history(3))).toBeUndefined();
    expect(storage.saveShelf(shelfOf(3))).toEqual({ shelf: shelfOf(3) });
    expect(storage.savePreferences(defaultPreferences)).toBeUndefined();
    expect(storage.load().shelf).toEqual(shelfOf(3));
  });
});

describe("two tabs", () => {
  test("never write over each other, and each finds its own after a reload", () => {
    const store = memoryStorage();
    const [tab1, tab2] = [memoryStorage(), memoryStorage()];
    let one = open(store, tab1);
    let two = open(store, tab2);
    one.load();
    let [mine, theirs] = [history(3, 1), history(3, 2)];
    one.saveTimeline(mine);
    // The second opens with what the first has, and goes its own way.
    expect(two.load().timeline!.present).toEqual(mine.present);
    for (let i = 0; i < 50; i++) {
      mine = record(mine, randomPiece(dice(100 + i)));
      theirs = record(theirs, randomPiece(dice(200 + i)));
      one.saveTimeline(mine);
      two.saveTimeline(theirs);
      if (i % 10 === 0) {
        one = open(store, tab1);
        expect(plain(one.load().timeline!)).toEqual(plain(mine));
        two = open(store, tab2);
        const kept = two.load();
        expect(plain(kept.timeline!)).toEqual(plain(theirs));
        expect(kept.others.map(({ piece }) => piece)).toContainEqual(mine.present);
      }
    }
    // Both killed, a new tab: the newest is opened, the other one is there too.
    const kept = open(store, memoryStorage()).load();
    expect(kept.timeline!.present).toEqual(theirs.present);
    expect(kept.others.map(({ piece }) => piece)).toContainEqual(mine.present);
  });

  test("of which one was made by duplicating the other lose nothing", () => {
    const store = memoryStorage();
    const tab1 = memoryStorage();
    const one = open(store, tab1);
    const first = history(3, 1);
    one.saveTimeline(first);
    const tab2 = memoryStorage();
    for (const [key, value] of Object.entries(dump(tab1))) tab2.setItem(key, value);
    const two = open(store, tab2);
    const copy = record(two.load().timeline!, randomPiece(dice(5)));
    const before = new Set(keysOf(store));
    two.saveTimeline(copy);
    // What the browser tells the first tab of.
    for (const key of before) if (store.getItem(key) === null) one.changed(key);
    expect(plain(open(store, tab1).load().timeline!)).toEqual(plain(first));
    expect(plain(open(store, tab2).load().timeline!)).toEqual(plain(copy));
  });

  test("write on after one of them cleared the store", () => {
    const store = memoryStorage();
    const one = open(store);
    const timeline = history(4);
    one.saveTimeline(timeline);
    for (const key of keysOf(store)) store.removeItem(key);
    one.changed(null);
    expect(plain(open(store).load().timeline!)).toEqual(plain(timeline));
  });

  test("share the shelf: both add, one removes, the other hears of it", () => {
    const store = memoryStorage();
    const [one, two] = [open(store), open(store)];
    let mine = one.load().shelf;
    ({ shelf: mine } = one.saveShelf(shelve(mine, entry(1))));
    let theirs = two.load().shelf;
    expect(theirs).toEqual(mine);
    ({ shelf: theirs } = two.saveShelf(shelve(theirs, entry(2))));
    ({ shelf: mine } = one.saveShelf(shelve(mine, entry(3))));
    expect(mine.map((item) => item.at)).toEqual([1003, 1002, 1001]);
    theirs = two.changed("normflow:1:shelf").shelf!;
    expect(theirs).toEqual(mine);
    ({ shelf: theirs } = two.saveShelf(unshelve(theirs, mine[0]!.id)));
    expect(one.changed("normflow:1:shelf").shelf!.map((item) => item.at)).toEqual([1002, 1001]);
    expect(one.changed("normflow:1:session:foo:head")).toEqual({});
  });

  test("share preferences: each writes what it changed", () => {
    const store = memoryStorage();
    const [one, two] = [open(store), open(store)];
    one.load();
    two.load();
    one.savePreferences({ ...defaultPreferences, theme: "dark" });
    two.savePreferences({ ...defaultPreferences, volume: 0.2 });
    const both = { ...defaultPreferences, theme: "dark", volume: 0.2 };
    expect(open(store).load().preferences).toEqual(both);
    expect(one.changed("normflow:1:preferences").preferences).toEqual(both);
  });

  test("of many years: the store stays small, the newest visits stay whole", () => {
    const store = memoryStorage();
    const pieces: Piece[] = [];
    for (let visit = 0; visit < 60; visit++) {
      const storage = open(store);
      storage.load();
      const timeline = history(10, visit);
      pieces.push(timeline.present);
      storage.saveTimeline(timeline);
    }
    const kept = open(store).load();
    expect(kept.others.length).toBeGreaterThanOrEqual(20);
    expect(kept.others.length).toBeLessThanOrEqual(25);
    expect(encodePiece(kept.others[0]!.piece)).toBe(encodePiece(pieces.at(-2)!));
    expect(keysOf(store).length).toBeLessThan(35);
  });
});
