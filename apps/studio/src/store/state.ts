/**
 * What the studio knows at any moment.
 *
 * @module
 */
import type { ModelCard } from "@normflow/music";
import type { ImportChoice } from "../files/import.ts";
import type { Preferences } from "../keep/preferences.ts";
import type { ShelfItem } from "../keep/shelf.ts";
import type { Timeline } from "../keep/timeline.ts";
import type { Notes } from "../piece/notes.ts";
import type { Place, SideName, VoiceName } from "../piece/piece.ts";

/** A melody that can be heard, dragged and kept. */
export interface Tune {
  readonly title: string;
  readonly notes: Notes;
  readonly place: Place;
  readonly voice: VoiceName;
}

/** Something on the screen that plays. */
export type Source =
  | { readonly kind: "side"; readonly side: SideName }
  | { readonly kind: "point"; readonly index: number }
  | { readonly kind: "path" }
  | { readonly kind: "shelf"; readonly id: string }
  | { readonly kind: "choice"; readonly index: number };

export const sameSource = (a: Source | undefined, b: Source): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What the model says of a melody. */
export interface Insight {
  readonly notes: Notes;
  readonly bits: number;
  /** Bits of each note by its start: those of its pitch, and its part of those of its beat's rhythm. */
  readonly noteBits: ReadonlyMap<number, number>;
}

/** The melodies from A to B, both included. */
export interface Path {
  readonly notes: readonly Notes[];
  readonly bits: readonly number[];
}

/** The model in use. */
export type ModelState =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly card: ModelCard; readonly fileName: string | undefined }
  | { readonly kind: "failed"; readonly message: string };

/** A sentence for the person at the screen. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "warning";
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** A dialog that is open. */
export type Sheet = { readonly kind: "help" } | { readonly kind: "link"; readonly url: string } | ChoiceSheet;

/** The two-bar melodies of a dropped file, one of which is to be chosen. */
export interface ChoiceSheet {
  readonly kind: "choices";
  readonly fileName: string;
  readonly choices: readonly ImportChoice[];
  readonly side: SideName;
  /** What was left out of the file and why. */
  readonly remarks: readonly string[];
}

/** Everything. */
export interface StudioState {
  readonly timeline: Timeline;
  readonly focus: SideName;
  readonly selection: Readonly<Record<SideName, readonly number[]>>;
  readonly shelf: readonly ShelfItem[];
  readonly preferences: Preferences;
  readonly insight: Readonly<Record<SideName, Insight | undefined>>;
  /** Bits of the model's own melodies, sorted; undefined until they were counted. */
  readonly typical: readonly number[] | undefined;
  readonly path: Path | undefined;
  readonly model: ModelState;
  /** Melodies that the model is writing. */
  readonly busy: Readonly<Record<SideName, boolean>>;
  /** What sounds; the point of a path is `part`. */
  readonly playing: { readonly source: Source; readonly part: number; readonly counting: boolean } | undefined;
  readonly notice: Notice | undefined;
  readonly sheet: Sheet | undefined;
}
