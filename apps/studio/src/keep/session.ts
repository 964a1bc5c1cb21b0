/**
 * A session: the timeline of one visit to the page, as links, so that it stays small and each step proves itself whole.
 *
 * A head holds the present piece; blocks hold 64 steps each by their number, so that an edit writes the head and one
 * block. The head is written first: whenever the tab is killed, the present piece is the newest.
 *
 * @module
 */
import type { Piece } from "../piece/piece.ts";
import { decodePiece, encodePiece } from "./link.ts";
import { checkedLine, lineRecord, PREFIX, type Records, type Written } from "./records.ts";
import type { Timeline } from "./timeline.ts";

const BLOCK = 64;
const SESSIONS = `${PREFIX}session:`;

export const headKey = (id: string): string => `${SESSIONS}${id}:head`;

const blockKey = (id: string, block: number): string => `${SESSIONS}${id}:${block}`;

/** What the keys of the store say of a session. */
export interface SessionKeys {
  readonly id: string;
  /** When it was last written, milliseconds since 1970; 0 where that is not known. */
  readonly at: number;
  /** In order. */
  readonly blocks: readonly number[];
}

/** Where the present piece stands among the numbered steps. */
interface Place {
  readonly at: number;
  readonly position: number;
  readonly count: number;
}

function readHead(records: Records, id: string): { readonly link: string; readonly place: Place | undefined } {
  const [link = "", line = ""] = (records.read(headKey(id)) ?? "").split("\n");
  const found = lineRecord(line);
  const whole = ["at", "position", "count"].every((name) => Number.isSafeInteger(found?.[name]));
  return { link, place: whole ? (found as unknown as Place) : undefined };
}

/** Returns the sessions of the store, newest first. */
export function listSessions(records: Records): SessionKeys[] {
  const blocks = new Map<string, number[]>();
  for (const key of records.keys()) {
    const [, id, part] = (key.startsWith(SESSIONS) && /^(\w+):(head|\d{1,9})$/.exec(key.slice(SESSIONS.length))) || [];
    if (id === undefined) continue;
    const list = blocks.get(id) ?? [];
    if (part !== "head") list.push(Number(part));
    blocks.set(id, list);
  }
  return [...blocks]
    .map(([id, list]) => ({ id, at: readHead(records, id).place?.at ?? 0, blocks: list.sort((a, b) => a - b) }))
    .sort((a, b) => b.at - a.at);
}

/** What could be read of a session. */
export interface ReadSession {
  readonly timeline: Timeline | undefined;
  /** Steps that could not be read. */
  readonly lost: number;
}

const readLink = (link: string): Piece | undefined => {
  try {
    return decodePiece(link).piece;
  } catch {
    return undefined;
  }
};

/** Reads the present piece of a session only. */
export const readPresent = (records: Records, { id }: SessionKeys): Piece | undefined =>
  readLink(readHead(records, id).link);

/** Reads a session: damaged steps are left out, the others stay in their order. */
export function readSession(records: Records, { id, blocks }: SessionKeys): ReadSession {
  const { link, place } = readHead(records, id);
  const links = new Map<number, string>();
  for (const block of blocks)
    (records.read(blockKey(id, block)) ?? "")
      .split("\n")
      .forEach((step, i) => void (step !== "" && links.set(block * BLOCK + i, step)));
  let lost = 0;
  const read = (step: string): Piece[] => {
    const piece = readLink(step);
    if (piece === undefined) lost++;
    return piece === undefined ? [] : [piece];
  };
  const numbers = [...links.keys()].sort((a, b) => a - b);
  // Without a head that can be read, the last steps are the newest that is known.
  const position = place?.position ?? numbers.at(-1) ?? 0;
  const past = numbers.filter((n) => n < position).flatMap((n) => read(links.get(n)!));
  const future = numbers.filter((n) => n > position && n < (place?.count ?? 0)).flatMap((n) => read(links.get(n)!));
  const known = link === "" ? undefined : readLink(link);
  if (link !== "" && known === undefined) lost++;
  const kept = links.get(position);
  const present = known ?? (kept === undefined ? undefined : readLink(kept)) ?? past.pop() ?? future.shift();
  return {
    timeline: present && { past, present, future, dropped: Math.max(0, position - past.length) },
    lost,
  };
}

/** Removes a session. */
export function removeSession(records: Records, { id, blocks }: SessionKeys): void {
  removeBlocks(records, { id, blocks });
  records.remove(headKey(id));
}

/** Removes the steps of a session and leaves its present piece. */
export function removeBlocks(records: Records, { id, blocks }: Pick<SessionKeys, "id" | "blocks">): void {
  for (const block of blocks) records.remove(blockKey(id, block));
}

/** Writes the timeline of this visit, of which it remembers what is in the store. */
export class SessionWriter {
  readonly id: string;
  private readonly links = new WeakMap<Piece, string>();
  private readonly written = new Map<number, string>();
  /** Blocks before it were given up for want of room. */
  private floor = 0;
  private block = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Forgets what is in the store: another tab removed it. */
  forget(): void {
    this.written.clear();
  }

  /** Gives up the oldest block that is not the present one's; false where there is none. */
  shed(records: Records): boolean {
    const oldest = Math.min(...this.written.keys());
    if (!(oldest < this.block)) return false;
    this.floor = oldest + 1;
    this.written.delete(oldest);
    records.remove(blockKey(this.id, oldest));
    return true;
  }

  private link(piece: Piece): string {
    let link = this.links.get(piece);
    if (link === undefined) this.links.set(piece, (link = encodePiece(piece)));
    return link;
  }

  /** @throws {FormatError} `notes` where the present piece is none */
  save(records: Records, { past, present, future, dropped }: Timeline, at: number): Written {
    const position = dropped + past.length;
    const count = position + 1 + future.length;
    this.block = Math.floor(position / BLOCK);
    // Undone back to what was given up: from here on there may be room again.
    this.floor = Math.min(this.floor, this.block);
    const head = `${this.link(present)}\n${checkedLine(JSON.stringify({ at, position, count } satisfies Place))}`;
    let outcome = records.write(headKey(this.id), () => head);
    if (outcome === "full") return outcome;
    const step = (n: number): Piece =>
      n < position ? past[n - dropped]! : n === position ? present : future[n - position - 1]!;
    const from = Math.floor(dropped / BLOCK);
    const to = Math.floor((count - 1) / BLOCK);
    // Newest first, so that what is given up for want of room is the oldest.
    for (let block = to; block >= Math.max(from, this.floor); block--) {
      const lines: string[] = [];
      for (let n = block * BLOCK; n < Math.min(count, (block + 1) * BLOCK); n++)
        lines.push(n < dropped ? "" : this.link(step(n)));
      const text = lines.join("\n");
      if (this.written.get(block) === text) continue;
      const ended = records.write(blockKey(this.id, block), () => (block < this.floor ? undefined : text));
      if (ended === "full") {
        // Steps are less dear than the present piece: do without this one and those before it.
        this.floor = block + 1;
        outcome = "shed";
        break;
      }
      this.written.set(block, text);
      if (ended === "shed") outcome = "shed";
    }
    for (const block of [...this.written.keys()])
      if (block < Math.max(from, this.floor) || block > to) {
        this.written.delete(block);
        records.remove(blockKey(this.id, block));
      }
    return outcome;
  }
}
