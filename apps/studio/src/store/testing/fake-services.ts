/**
 * What the studio stands on, for tests: an engine that answers when it is told to, a silent player, a store in memory.
 *
 * @module
 */
import { WorkerError } from "@normflow/core";
import type { MelodyRequests } from "@normflow/music";
import type { Dropped } from "../../files/import.ts";
import type { OwnModel } from "../../keep/model-store.ts";
import { defaultPreferences, memoryStorage, openStorage, type StorageLike } from "../../keep/storage.ts";
import type { Engine } from "../../model/engine.ts";
import { nextTask } from "../../next-task.ts";
import { gridOf, type Notes, notesOf } from "../../piece/notes.ts";
import type { PlayerState } from "../../sound/player.ts";
import type { PlayerLike, Services } from "../services.ts";
import { Studio } from "../studio.ts";

export const note = (pitch: number, start: number, length = 2, fold = 0) => ({ pitch, start, length, fold });

/** A melody that tells which seed, or which number, it is of. */
export const tuneOf = (n: number): Notes =>
  [0, 4, 8, 12].map((start, i) => note(52 + ((7 * n + 3 * i) % 34), start, 4));

export const card = {
  parameters: 1,
  backend: "fake",
  title: undefined,
  windows: undefined,
  validation: undefined,
  test: undefined,
} as const;

type Kind = keyof MelodyRequests & string;

/** A request that waits for its answer. */
export interface Asked {
  readonly kind: Kind;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of all kinds
  readonly payload: any;
  answer(): Promise<void>;
  fail(error: unknown): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
const answers: Record<string, (payload: any) => unknown> = {
  sample: ({ seed }) => ({ grids: [gridOf(tuneOf(seed))], bits: [seed] }),
  regenerate: ({ seed, grid, locked }) => {
    const kept = notesOf(grid).filter((n) => locked.includes(n.start));
    return { grid: gridOf([...kept, ...tuneOf(seed).filter((n) => !locked.includes(n.start))].sort(byStart)), bits: 1 };
  },
  vary: ({ grid, similarity, seed }) => ({ grid: similarity === 1 ? grid : gridOf(tuneOf(seed + 11)), bits: 2 }),
  cross: ({ rhythm, pitches }) => {
    const from = notesOf(pitches);
    return { grid: gridOf(notesOf(rhythm).map((n, i) => ({ ...n, pitch: from[i % from.length]!.pitch }))), bits: 3 };
  },
  shape: ({ grid, register, locked }) => ({
    grid: gridOf(
      notesOf(grid).map((n) => (locked.includes(n.start) ? n : { ...n, pitch: n.pitch + Math.round(6 * register) })),
    ),
    bits: 4,
  }),
  surprise: ({ grid }) => ({ bits: 20, notes: notesOf(grid).map(() => 1), beats: Array(8).fill(1) }),
  morph: ({ a, points }) => ({ grids: Array(points).fill(a), bits: Array(points).fill(5) }),
  typical: () => [10, 20, 30],
};

const byStart = (a: { start: number }, b: { start: number }): number => a.start - b.start;

/** Lets everything that can go on go on, what waits for the next task included. */
export const settle = async (): Promise<void> => {
  for (let task = 0; task < 3; task++) await nextTask();
};

/** An engine whose answers are held back, by kind. */
export class FakeEngine {
  /** Kinds that wait for `answer`; the others are answered at once. */
  readonly held = new Set<Kind>();
  readonly asked: Asked[] = [];
  readonly log: Kind[] = [];
  used: Uint8Array[] = [];
  /** What opening a model does. */
  opening: (bytes: Uint8Array) => Promise<void> = async () => {};

  /** Holds these kinds back from now on. */
  hold(...kinds: Kind[]): void {
    for (const kind of kinds) this.held.add(kind);
  }

  /** The waiting requests of a kind. */
  waiting(kind: Kind): Asked[] {
    return this.asked.filter((asked) => asked.kind === kind);
  }

  async use(bytes: Uint8Array) {
    await this.opening(bytes);
    this.used.push(bytes);
    return card;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  request(kind: Kind, payload: any): Promise<unknown> {
    this.log.push(kind);
    if (!this.held.has(kind)) return Promise.resolve(answers[kind]!(payload));
    return new Promise((resolve, reject) => {
      const asked: Asked = {
        kind,
        payload,
        answer: () => done(() => resolve(answers[kind]!(payload))),
        fail: (error) => done(() => reject(error)),
      };
      const done = (act: () => void): Promise<void> => {
        this.asked.splice(this.asked.indexOf(asked), 1);
        act();
        return settle();
      };
      this.asked.push(asked);
    });
  }
}

/** A player without sound. */
export class FakePlayer {
  state: PlayerState = { status: "idle", part: undefined };
  readonly replaced: number[] = [];
  playing: unknown;
  broken: unknown;
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  async play(parts: unknown): Promise<void> {
    const { broken } = this;
    if (broken) {
      await settle();
      throw broken;
    }
    this.playing = parts;
    this.become({ status: "playing", part: 0 });
  }

  async audition(): Promise<void> {
    if (this.broken) throw this.broken;
  }

  stop(): void {
    this.playing = undefined;
    this.become({ status: "idle", part: undefined });
  }

  replace(part: number): void {
    this.replaced.push(part);
  }

  set(): void {}

  position(): undefined {
    return undefined;
  }

  become(state: PlayerState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

/** A store that can be full. */
export function fullableStorage(): StorageLike & { full: boolean } {
  const inner = memoryStorage();
  const store = {
    full: false,
    get length() {
      return inner.length;
    },
    key: (i: number) => inner.key(i),
    getItem: (key: string) => inner.getItem(key),
    setItem(key: string, value: string) {
      if (store.full) throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
      inner.setItem(key, value);
    },
    removeItem: (key: string) => inner.removeItem(key),
  };
  return store;
}

/** A file as the browser gives it; its bytes come when they are let go. */
export function fakeFile(name: string, size = 4) {
  let give: (bytes: ArrayBuffer) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const bytes = new Promise<ArrayBuffer>((resolve, reject) => {
    give = resolve;
    fail = reject;
  });
  return {
    name,
    size,
    arrayBuffer: () => bytes,
    give: () => {
      give(new ArrayBuffer(size));
      return settle();
    },
    fail: (error: unknown) => {
      fail(error);
      return settle();
    },
  };
}

/** A studio on fakes, with its model open unless told otherwise. */
export async function fakeStudio(options: { readonly model?: boolean } = {}) {
  const engine = new FakeEngine();
  const player = new FakePlayer();
  const store = fullableStorage();
  const storage = openStorage(store);
  const kept = storage.load();
  const files = new Map<string, Dropped | Error>();
  const models: (OwnModel | undefined)[] = [];
  const saved: { readonly name: string; readonly bytes: unknown }[] = [];
  const services: Services = {
    kept: { ...kept, preferences: defaultPreferences },
    engine: engine as unknown as Engine,
    player: player as unknown as PlayerLike,
    storage,
    page: () => "https://studio.example/",
    now: () => 1_700_000_000_000 + saved.length,
    dice: () => 7,
    keepModel: async (model) => void models.push(model),
    shippedModel: async () => Uint8Array.of(1),
    readFile: async (name) => {
      const found = files.get(name);
      if (!found || found instanceof Error) throw found ?? new WorkerError("worker-ended", "The worker has ended.");
      return found;
    },
    download: (name, bytes) => void saved.push({ name, bytes }),
    renderWav: async () => new Blob([]),
  };
  const studio = new Studio(services);
  if (options.model ?? true) {
    await studio.model.begin(async () => undefined);
    await settle();
  }
  return { studio, engine, player, store, storage, files, models, saved };
}
