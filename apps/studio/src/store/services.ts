/**
 * What the studio stands on, given to it by the page or by a test.
 *
 * @module
 */
import type { Dropped } from "../files/import.ts";
import type { OwnModel } from "../keep/model-store.ts";
import type { Kept, StudioStorage } from "../keep/storage.ts";
import { startTimeline } from "../keep/timeline.ts";
import type { Engine } from "../model/engine.ts";
import type { Part } from "../sound/part.ts";
import type { Player } from "../sound/player.ts";
import { firstPiece } from "./first-piece.ts";
import type { StudioState } from "./state.ts";

/** What the studio needs of the player. */
export type PlayerLike = Pick<
  Player,
  "state" | "subscribe" | "play" | "replace" | "stop" | "set" | "audition" | "position"
>;

/** What the studio needs of the storage. */
export type Keeper = Pick<StudioStorage, "saveTimeline" | "saveShelf" | "savePreferences">;

export interface Services {
  /** What was kept from the last visit. */
  readonly kept: Pick<Kept, "timeline" | "shelf" | "preferences">;
  readonly engine: Engine;
  readonly player: PlayerLike;
  readonly storage: Keeper;
  /** The address of the page, without a link. */
  readonly page: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A seed by chance. */
  readonly dice: () => number;
  /** Keeps a dropped model file for the next visit, or forgets it. */
  readonly keepModel: (model: OwnModel | undefined) => Promise<void>;
  /** The bytes of the model that ships. */
  readonly shippedModel: () => Promise<Uint8Array>;
  /** Reads a dropped file. @throws {FlowError} a sentence where it is none that the studio opens */
  readonly readFile: (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<Dropped>;
  readonly download: (fileName: string, bytes: Uint8Array<ArrayBuffer> | Blob, type: string) => void;
  /** Renders melodies as a WAV file. */
  readonly renderWav: (
    parts: readonly Part[],
    options: { readonly tempo: number; readonly title: string },
  ) => Promise<Blob>;
}

/** The state that a page starts with. */
export const firstState = ({ kept }: Services): StudioState => ({
  timeline: kept.timeline ?? startTimeline(firstPiece),
  shelf: kept.shelf,
  preferences: kept.preferences,
  focus: "a",
  selection: { a: [], b: [] },
  insight: { a: undefined, b: undefined },
  typical: undefined,
  path: undefined,
  model: { kind: "loading" },
  busy: { a: false, b: false },
  playing: undefined,
  notice: undefined,
  sheet: undefined,
});
