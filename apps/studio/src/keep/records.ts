/**
 * Records in the browser's store: keys of one scheme, lines that tell whether they are whole, room made when it is full.
 *
 * @module
 */
import { crc32 } from "./envelope.ts";

/** What is needed of localStorage. */
export interface StorageLike {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** All keys of this version start so; those of other versions are left alone. */
export const PREFIX = "normflow:1:";

/** A store that lasts as long as the page, where the browser has none. */
export function memoryStorage(): StorageLike {
  const map = new Map<string, string>();
  return {
    get length() {
      return map.size;
    },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const utf8 = new TextEncoder();

/** Returns a line of text with its checksum before it. */
export const checkedLine = (text: string): string =>
  `${crc32(utf8.encode(text)).toString(16).padStart(8, "0")} ${text}`;

/** Returns the text of a checked line; undefined where it is damaged. */
export function lineText(line: string): string | undefined {
  const text = line.slice(9);
  return checkedLine(text) === line ? text : undefined;
}

/** Returns the record of a checked line of JSON; undefined where there is none. */
export function lineRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  const text = lineText(line);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** How a write ended: done, done after older things were given up, or not at all. */
export type Written = "kept" | "shed" | "full";

const isQuota = (error: unknown): boolean =>
  error instanceof Error || (typeof error === "object" && error !== null && "name" in error)
    ? /quota/i.test((error as { readonly name: string }).name)
    : false;

/** A store that gives up old things for new ones when it is full, and never throws. */
export class Records {
  private readonly storage: StorageLike;
  /** Each gives up a little, in order of dearness; false when it has nothing more to give. */
  private readonly shedders: readonly (() => boolean)[];

  constructor(storage: StorageLike, shedders: readonly (() => boolean)[]) {
    this.storage = storage;
    this.shedders = shedders;
  }

  keys(): string[] {
    try {
      const keys = Array.from({ length: this.storage.length }, (_, i) => this.storage.key(i));
      return keys.filter((key) => key !== null);
    } catch {
      return [];
    }
  }

  read(key: string): string | undefined {
    try {
      return this.storage.getItem(key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  remove(key: string): void {
    try {
      this.storage.removeItem(key);
    } catch {
      // What cannot be removed stays; nothing depends on its going.
    }
  }

  /** Writes where there is room; gives up nothing for it. */
  tryWrite(key: string, value: string): "kept" | "no-room" | "refused" {
    try {
      this.storage.setItem(key, value);
      return "kept";
    } catch (error) {
      return isQuota(error) ? "no-room" : "refused";
    }
  }

  /** @param value asked for again after each thing given up, for it may have become shorter; undefined to give up */
  write(key: string, value: () => string | undefined): Written {
    let shed = false;
    for (;;) {
      const text = value();
      if (text === undefined) return "full";
      const outcome = this.tryWrite(key, text);
      if (outcome === "kept") return shed ? "shed" : "kept";
      if (outcome === "refused" || !this.shedders.some((give) => give())) return "full";
      shed = true;
    }
  }
}
