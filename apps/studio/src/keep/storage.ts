/**
 * What outlasts the page: timeline, shelf and preferences, written at once, since a tab may be killed at any moment.
 *
 * Several tabs: every opening of the page writes its timeline under a key of its own, so no tab ever writes over
 * another's. A reload opens what its tab had; a new tab opens a copy of what was written last, whichever tab wrote it.
 * The shelf and the preferences are shared: a tab brings its changes together with those of the others, at every write
 * and when the browser tells of one. Timelines of the last visits are kept, and of older ones the present piece.
 *
 * @module
 */
import type { Piece } from "../piece/piece.ts";
import { defaultPreferences, type Preferences, readPreferences } from "./preferences.ts";
import { checkedLine, lineRecord, memoryStorage, PREFIX, Records, type StorageLike, type Written } from "./records.ts";
import {
  headKey,
  listSessions,
  readPresent,
  readSession,
  removeBlocks,
  removeSession,
  type SessionKeys,
  SessionWriter,
} from "./session.ts";
import { mergeShelves, type Shelf } from "./shelf.ts";
import { itemLine, readShelf } from "./shelf-lines.ts";
import type { Timeline } from "./timeline.ts";

export { defaultPreferences, type Preferences } from "./preferences.ts";
export { memoryStorage, type StorageLike } from "./records.ts";

const SHELF = `${PREFIX}shelf`;
const PREFERENCES = `${PREFIX}preferences`;
const TAB = `${PREFIX}tab`;

/** Visits of which the present piece is kept, and of which the timeline is. */
const MOST = { pieces: 24, timelines: 4 } as const;
/** Items that are given up at a time. */
const SHED = 10;

const sentences = {
  none: "This browser keeps nothing between visits: save what you like as a link or a file.",
  shed: "The browser's storage is full: the oldest steps of undo, or of the history, are no longer kept.",
  full: "The browser's storage is full: the newest changes are not kept. Save them as a link or a file.",
  newer: "A newer studio keeps its pieces in this browser; this one cannot read them and leaves them as they are.",
} as const;

/** What was kept. */
export interface Kept {
  /** The piece as it was left, with its undo and redo; undefined at the first visit. */
  readonly timeline: Timeline | undefined;
  readonly shelf: Shelf;
  readonly preferences: Preferences;
  /** Pieces of other visits and tabs, newest first. */
  readonly others: readonly { readonly piece: Piece; readonly at: number }[];
  /** Sentences about what could not be read; none as a rule. */
  readonly problems: readonly string[];
}

/** What another tab changed. */
export interface Changes {
  readonly shelf?: Shelf;
  readonly preferences?: Preferences;
}

/** Keeps things; nothing here throws for what a store holds or refuses. */
export interface StudioStorage {
  load(): Kept;
  /** @returns a sentence where not all could be kept, once for each time that this begins */
  saveTimeline(timeline: Timeline): string | undefined;
  /** @returns the shelf with what other tabs did to it */
  saveShelf(shelf: Shelf): { readonly shelf: Shelf; readonly problem?: string };
  savePreferences(preferences: Preferences): string | undefined;
  /**
   * Takes notice of a key that another tab changed: what a `storage` event tells.
   * @param key null where everything was removed
   */
  changed(key: string | null): Changes;
}

/** Where things are kept. */
export interface StorageOptions {
  /** sessionStorage: what tells a reload from a new tab. */
  readonly tab?: StorageLike | undefined;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

class Keeper implements StudioStorage {
  private readonly records: Records;
  private readonly tab: Records;
  private readonly lasting: boolean;
  private readonly now: () => number;
  private writer: SessionWriter;
  /** The visit that this one goes on with, as it was then. */
  private before: SessionKeys | undefined;
  private timeline: Timeline | undefined;
  private shelf: Shelf = [];
  /** What is on the shared shelf, as it was last read or written. */
  private shared = "";
  private sharedShelf: Shelf = [];
  /** Lines of it that a newer studio wrote. */
  private foreign: readonly string[] = [];
  private preferences: Preferences = defaultPreferences;
  private readonly told = new Set<string>();

  constructor(storage: StorageLike | undefined, { tab, now = Date.now }: StorageOptions) {
    this.lasting = storage !== undefined && works(storage);
    this.now = now;
    this.records = new Records(this.lasting ? storage! : memoryStorage(), [
      () => this.shedOthers(),
      () => this.writer.shed(this.records),
      () => this.shedShelf(),
    ]);
    this.tab = new Records(tab ?? memoryStorage(), []);
    this.writer = new SessionWriter(this.newId());
  }

  /** Unlike that of any other tab. */
  private newId(): string {
    return Array.from({ length: 2 }, () => Math.floor(Math.random() * 2 ** 40).toString(36)).join("_");
  }

  load(): Kept {
    const problems: string[] = [];
    const sessions = listSessions(this.records);
    const mine = this.tab.read(TAB);
    const own = sessions.find(({ id }) => id === mine);
    const order = own ? [own, ...sessions.filter((session) => session !== own)] : sessions;
    let timeline: Timeline | undefined;
    let opened: SessionKeys | undefined;
    let lost = 0;
    for (const session of order) {
      const read = readSession(this.records, session);
      lost += read.lost;
      timeline = read.timeline;
      if (!timeline) continue;
      opened = session;
      // A visit with damage is not replaced: another studio may read more of it.
      if (session === own && read.lost === 0) this.before = own;
      break;
    }
    if (lost > 0) problems.push(lostSentence(lost, "step", "undo"));
    const others = order
      .filter((session) => session !== opened)
      .flatMap((session) => {
        const piece = readPresent(this.records, session);
        return piece ? [{ piece, at: session.at }] : [];
      });
    const damaged = this.readShared();
    this.shelf = this.sharedShelf;
    if (damaged > 0) problems.push(lostSentence(damaged, "melody", "the history"));
    this.preferences = this.readPreferences();
    if (!this.lasting) problems.push(sentences.none);
    if (!timeline && this.records.keys().some((key) => Number(/^normflow:(\d{1,9}):/.exec(key)?.[1] ?? 1) > 1))
      problems.push(sentences.newer);
    this.prune(sessions, own);
    this.timeline = timeline;
    return { timeline, shelf: this.shelf, preferences: this.preferences, others, problems };
  }

  private prune(sessions: readonly SessionKeys[], own: SessionKeys | undefined): void {
    sessions.forEach((session, i) => {
      if (session === own) return;
      if (i >= MOST.pieces) removeSession(this.records, session);
      else if (i >= MOST.timelines) removeBlocks(this.records, session);
    });
  }

  saveTimeline(timeline: Timeline): string | undefined {
    this.timeline = timeline;
    let outcome: Written;
    try {
      outcome = this.writer.save(this.records, timeline, this.now());
    } catch {
      // A piece that is none cannot be read back either; the last good one stays.
      outcome = "full";
    }
    if (outcome !== "full") this.takeOver();
    return this.tell(outcome);
  }

  /** This visit holds all that the one before did: it takes its place, if nobody wrote there since. */
  private takeOver(): void {
    if (this.tab.read(TAB) !== this.writer.id) this.tab.tryWrite(TAB, this.writer.id);
    const { before } = this;
    if (!before) return;
    this.before = undefined;
    const now = listSessions(this.records).find(({ id }) => id === before.id);
    if (now && now.at === before.at) removeSession(this.records, now);
  }

  private tell(outcome: Written): string | undefined {
    if (outcome === "kept") {
      this.told.delete("full");
      return undefined;
    }
    const kind = outcome === "full" && !this.lasting ? "none" : outcome;
    if (this.told.has(kind)) return undefined;
    this.told.add(kind);
    return sentences[kind];
  }

  /** @returns lines that are damaged */
  private readShared(): number {
    const text = this.records.read(SHELF) ?? "";
    if (text === this.shared) return 0;
    const { shelf, foreign, damaged } = readShelf(text);
    this.shared = text;
    this.sharedShelf = shelf;
    this.foreign = foreign;
    return damaged;
  }

  saveShelf(shelf: Shelf): { readonly shelf: Shelf; readonly problem?: string } {
    const base = this.sharedShelf;
    this.readShared();
    let kept = this.sharedShelf === base ? shelf : mergeShelves(base, shelf, this.sharedShelf);
    this.shelf = kept;
    const write = (): string => this.shelfText(kept);
    let outcome = this.records.write(SHELF, write);
    while (outcome === "full") {
      const fewer = withoutOldest(kept);
      if (fewer.length === kept.length) break;
      kept = fewer;
      if (this.records.tryWrite(SHELF, write()) === "kept") outcome = "shed";
    }
    if (outcome !== "full") {
      this.shared = write();
      this.sharedShelf = kept;
    }
    const problem = this.tell(outcome);
    return problem === undefined ? { shelf: this.shelf } : { shelf: this.shelf, problem };
  }

  private shelfText(shelf: Shelf): string {
    return [...shelf.map(itemLine), ...this.foreign].join("\n");
  }

  private readPreferences(): Preferences {
    return readPreferences(lineRecord(this.records.read(PREFERENCES) ?? ""));
  }

  savePreferences(preferences: Preferences): string | undefined {
    // Only what this tab changed; the rest is as others left it, also what a newer studio added.
    const names = Object.keys(preferences) as (keyof Preferences)[];
    const changed = names.filter((name) => preferences[name] !== this.preferences[name]);
    const record = {
      ...lineRecord(this.records.read(PREFERENCES) ?? ""),
      ...Object.fromEntries(changed.map((name) => [name, preferences[name]])),
    };
    this.preferences = preferences;
    const line = checkedLine(JSON.stringify(record));
    return this.tell(this.records.write(PREFERENCES, () => line));
  }

  changed(key: string | null): Changes {
    const all = key === null;
    if (all || key === headKey(this.writer.id)) {
      // Nobody else writes here, so it was removed: what this tab has is written again.
      if (this.records.read(headKey(this.writer.id)) === undefined) {
        this.writer.forget();
        if (this.timeline) this.saveTimeline(this.timeline);
      }
    }
    if (all || key === SHELF) {
      const base = this.sharedShelf;
      this.readShared();
      this.shelf = mergeShelves(base, this.shelf, this.sharedShelf);
      return { shelf: this.shelf };
    }
    if (key === PREFERENCES) return { preferences: (this.preferences = this.readPreferences()) };
    return {};
  }

  /** Gives up the oldest steps of the oldest other visit. */
  private shedOthers(): boolean {
    const oldest = listSessions(this.records)
      .filter(({ id, blocks }) => id !== this.writer.id && blocks.length > 0)
      .at(-1);
    if (!oldest) return false;
    removeBlocks(this.records, { id: oldest.id, blocks: oldest.blocks.slice(0, 1) });
    return true;
  }

  /** Gives up the oldest items of the shared shelf that are no favourites. */
  private shedShelf(): boolean {
    this.readShared();
    const fewer = withoutOldest(this.sharedShelf);
    if (fewer.length === this.sharedShelf.length) return false;
    const text = this.shelfText(fewer);
    if (this.records.tryWrite(SHELF, text) !== "kept") return false;
    this.shared = text;
    this.sharedShelf = fewer;
    return true;
  }
}

/** The oldest of a shelf are its last. */
function withoutOldest(shelf: Shelf): Shelf {
  const oldest = new Set(shelf.filter((item) => !item.favourite).slice(-SHED));
  return shelf.filter((item) => !oldest.has(item));
}

const lostSentence = (n: number, what: string, where: string): string =>
  `${n === 1 ? `One ${what}` : `${n} ${what === "melody" ? "melodies" : `${what}s`}`} of ${where} could not be read; everything else is here.`;

/** Whether a store takes and gives back; one that is full does, where it holds anything. */
function works(storage: StorageLike): boolean {
  try {
    storage.setItem(`${PREFIX}probe`, "1");
    storage.removeItem(`${PREFIX}probe`);
    return true;
  } catch {
    try {
      return storage.length > 0;
    } catch {
      return false;
    }
  }
}

/**
 * Opens the store.
 * @param storage localStorage, or undefined where the browser has none: then things last as long as the page
 */
export const openStorage = (storage: StorageLike | undefined, options: StorageOptions = {}): StudioStorage =>
  new Keeper(storage, options);

/**
 * Opens the stores of the browser and listens to other tabs.
 * @param onChange told what another tab changed
 */
export function openBrowserStorage(onChange: (changes: Changes) => void): StudioStorage {
  // Merely naming a store throws where a browser forbids it.
  const get = (name: "localStorage" | "sessionStorage"): StorageLike | undefined => {
    try {
      return window[name];
    } catch {
      return undefined;
    }
  };
  const storage = openStorage(get("localStorage"), { tab: get("sessionStorage") });
  window.addEventListener("storage", (event) => {
    if (event.key !== null && !event.key.startsWith(PREFIX)) return;
    const changes = storage.changed(event.key);
    if (changes.shelf || changes.preferences) onChange(changes);
  });
  return storage;
}
