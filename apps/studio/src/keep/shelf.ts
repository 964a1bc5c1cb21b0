/**
 * The shelf: the history of melodies that were drawn, varied, brought in or written, and the favourites among them.
 *
 * @module
 */
import { type Notes, sameNotes } from "../piece/notes.ts";
import type { Place, VoiceName } from "../piece/piece.ts";

/** A melody that comes onto the shelf. */
export interface ShelfEntry {
  readonly title: string;
  readonly notes: Notes;
  readonly place: Place;
  readonly voice: VoiceName;
  /** Where it comes from, for people: “drawn with seed 7, temperature 1.0”, “varied”, “from tune.mid”. */
  readonly how: string;
  /** How typical it is, in bits, where the model said. */
  readonly bits?: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A melody of the shelf. */
export interface ShelfItem extends ShelfEntry {
  /** Made of the notes and their place, so that equal melodies have one id, whichever tab they come from. */
  readonly id: string;
  readonly favourite: boolean;
}

/** Newest first. */
export type Shelf = readonly ShelfItem[];

/** Most items that are no favourites; the oldest go. */
export const SHELF_LIMIT = 200;

/** Returns the id of a melody: a text that is the same for equal notes at the same key and octave only. */
export const melodyId = (notes: Notes, place: Place): string =>
  [
    ...notes.map((n) => [n.pitch, n.start, n.length, n.fold].map((x) => x.toString(36)).join("_")),
    `${place.keyShift.toString(36)}_${place.octaveShift.toString(36)}`,
  ].join(".");

/** Drops the oldest items beyond the limit; favourites stay and do not count. */
export function trimmed(shelf: Shelf, limit = SHELF_LIMIT): Shelf {
  let room = limit;
  const kept = shelf.filter((item) => item.favourite || room-- > 0);
  return kept.length === shelf.length ? shelf : kept;
}

/**
 * Puts a melody in front. One that is there already moves to the front and stays a favourite, with the title it was
 * given as one. A melody without notes is not put.
 */
export function shelve(shelf: Shelf, entry: ShelfEntry): Shelf {
  if (entry.notes.length === 0) return shelf;
  const id = melodyId(entry.notes, entry.place);
  const before = shelf.find((item) => item.id === id);
  const bits = entry.bits ?? before?.bits;
  const { bits: _, ...rest } = entry;
  const item: ShelfItem = {
    ...rest,
    ...(bits === undefined ? {} : { bits }),
    id,
    title: before?.favourite ? before.title : entry.title,
    favourite: before?.favourite ?? false,
  };
  return trimmed([item, ...shelf.filter((other) => other.id !== id)]);
}

const changed = (shelf: Shelf, id: string, change: (item: ShelfItem) => ShelfItem): Shelf =>
  shelf.map((item) => (item.id === id ? change(item) : item));

export const unshelve = (shelf: Shelf, id: string): Shelf => shelf.filter((item) => item.id !== id);

/** Puts an item back where it was, unless an equal melody came onto the shelf meanwhile. */
export const reshelve = (shelf: Shelf, item: ShelfItem): Shelf =>
  shelf.some(({ id }) => id === item.id) ? shelf : trimmed([...shelf, item].sort((a, b) => b.at - a.at));

/** Makes an item a favourite, or no longer one. */
export const star = (shelf: Shelf, id: string): Shelf =>
  changed(shelf, id, (item) => ({ ...item, favourite: !item.favourite }));

export const retitle = (shelf: Shelf, id: string, title: string): Shelf =>
  changed(shelf, id, (item) => ({ ...item, title }));

/** Notes what the model said of a melody that may be on the shelf. */
export const rate = (shelf: Shelf, id: string, bits: number): Shelf =>
  changed(shelf, id, (item) => ({ ...item, bits }));

const sameItem = (a: ShelfItem, b: ShelfItem): boolean =>
  a.title === b.title &&
  a.how === b.how &&
  a.at === b.at &&
  a.bits === b.bits &&
  a.favourite === b.favourite &&
  a.voice === b.voice &&
  sameNotes(a.notes, b.notes);

/**
 * Brings together what two tabs did to one shelf: what either put on it is on it, what either took off is off, and of
 * an item that both changed the change of `mine` holds.
 * @param base what both started from
 */
export function mergeShelves(base: Shelf, mine: Shelf, theirs: Shelf): Shelf {
  const [before, here, there] = [base, mine, theirs].map((shelf) => new Map(shelf.map((item) => [item.id, item])));
  const ids = new Set([...here!.keys(), ...there!.keys()]);
  const merged = [...ids].flatMap((id) => {
    const [was, my, their] = [before!.get(id), here!.get(id), there!.get(id)];
    if (was === undefined) return [my ?? their!];
    const iChanged = my === undefined || !sameItem(my, was);
    const theyChanged = their === undefined || !sameItem(their, was);
    // What one tab took off while the other worked on it stays.
    if (my === undefined) return theyChanged && their !== undefined ? [their] : [];
    if (their === undefined) return iChanged ? [my] : [];
    return [iChanged ? my : their];
  });
  return trimmed(merged.sort((a, b) => b.at - a.at));
}
