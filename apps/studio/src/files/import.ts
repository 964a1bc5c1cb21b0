/**
 * Dropped files: the two-bar melodies of a MIDI, ABC or MusicXML file, or a model file, by what is in them.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import { cutWindows, type MelodyWindow, readTunes, type Tune } from "@normflow/music";
import { fileTitle } from "../keep/title.ts";
import { type Notes, unfoldedNotes } from "../piece/notes.ts";
import { type Place, TEMPO } from "../piece/piece.ts";
import { kindOf, MOST_FILE_BYTES } from "./kind.ts";
import { plainRefusal } from "./refusal.ts";
import { refuse } from "./refuse.ts";
import { bookParts } from "./text-size.ts";

/** Most melodies listed of one file. */
export const MOST_CHOICES = 2000;

/** Characters of a title. */
const TITLE = 80;

/** Two bars of a tune. */
export interface ImportChoice {
  /** The tune's title, with the bar where it has several melodies. */
  readonly title: string;
  readonly tune: string;
  /** The bar it starts with; 1 is the first whole one. */
  readonly bar: number;
  /** Further bars at which the same two bars start. */
  readonly again: readonly number[];
  readonly notes: Notes;
  readonly place: Place;
  /** Quarter notes a minute, as the studio plays it. */
  readonly tempo: number;
  /** What was done to get it, in sentences. */
  readonly remarks: readonly string[];
}

/** What a dropped file is. */
export type Dropped =
  | {
      readonly kind: "tunes";
      readonly choices: readonly ImportChoice[];
      /** What was left out of the file and why, in sentences. */
      readonly remarks: readonly string[];
    }
  | { readonly kind: "model"; readonly name: string; readonly bytes: Uint8Array };

const inStudio = (tempo: number): number => Math.min(TEMPO.most, Math.max(TEMPO.least, Math.round(tempo * 10) / 10));

function remarksOf(tune: Tune): string[] {
  if (tune.mark) return [];
  const remarks: string[] = [];
  const part = fileTitle(tune.part, TITLE);
  const others = (tune.pitchCounts ?? []).reduce((sum, n) => sum + n, 0) > tune.notes.length;
  if ((tune.together ?? 0) > 0.02) remarks.push(`The file is polyphonic: the highest line of ${part} was taken.`);
  else if (others) remarks.push(`The file has several parts: ${part} was taken.`);
  const tempo = inStudio(tune.tempo);
  if (Math.abs(tempo - tune.tempo) > 0.1)
    remarks.push(
      `The tempo of ${Math.round(tune.tempo)} became ${tempo}: the studio plays from ${TEMPO.least} to ${TEMPO.most}.`,
    );
  return remarks;
}

/** The bar that a window starts with: two bars of 2/4 fill one of its halves. */
const barOf = ({ meters }: Tune, { index }: MelodyWindow): number =>
  meters[0]?.numerator === 2 && meters[0].denominator === 4 ? 2 * index + 1 : index + 1;

function choicesOf(tune: Tune): ImportChoice[] {
  const windows = cutWindows(tune);
  const name = fileTitle(tune.title, TITLE) || "Untitled";
  const remarks = remarksOf(tune);
  const found = new Map<string, ImportChoice & { readonly again: number[] }>();
  for (const window of windows) {
    const notes = unfoldedNotes(window.grid, window.folds);
    const key = `${window.grid.join()} ${window.folds.join()}`;
    const bar = barOf(tune, window);
    const same = found.get(key);
    if (same) same.again.push(bar);
    else
      found.set(key, {
        title: windows.length > 1 ? `${fileTitle(name, TITLE - 10)}, bar ${bar}` : name,
        tune: name,
        bar,
        again: [],
        notes,
        place: { keyShift: window.keyShift, octaveShift: window.octaveShift },
        tempo: inStudio(tune.tempo),
        remarks,
      });
  }
  return [...found.values()];
}

/** Adds the melodies of a tune, or the reason why it has none. */
function addChoices(tune: Tune, choices: ImportChoice[], refusals: unknown[]): void {
  try {
    const found = choicesOf(tune);
    if (found.length === 0) refusals.push(new FormatError("no-windows", "No two bars hold four notes or more."));
    for (const choice of found) choices.push(choice);
  } catch (error) {
    refusals.push(error);
  }
}

/** Gathers refusals of single tunes into a few sentences. */
function summary(refusals: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const sentence of refusals) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const told = sorted
    .slice(0, 4)
    .map(([sentence, n]) => `${n === 1 ? "One tune" : `${n} tunes`} left out: ${sentence}`);
  const rest = sorted.slice(4).reduce((sum, [, n]) => sum + n, 0);
  return rest > 0 ? [...told, `${rest} more left out for other reasons.`] : told;
}

/**
 * Reads a dropped file.
 * @param name what the file is called; what is in it decides
 * @throws {FlowError} one friendly sentence and a hint for everything that gives no melody and is no model
 */
export function readDropped(name: string, bytes: Uint8Array): Dropped {
  const called = fileTitle(name, TITLE) || "The file";
  if (bytes.length > MOST_FILE_BYTES)
    throw refuse(
      "file-size",
      `${called} is larger than ${MOST_FILE_BYTES / 2 ** 20} MiB: the studio opens melodies and small models.`,
    );
  if (kindOf(called, bytes) === "model") return { kind: "model", name: called, bytes };
  const choices: ImportChoice[] = [];
  const refusals: unknown[] = [];
  let all = true;
  for (const part of bookParts(bytes)) {
    all = choices.length < MOST_CHOICES;
    if (!all) break;
    try {
      const { tunes, refused } = readTunes(name, part);
      refusals.push(...refused.map(({ error }) => error));
      for (const tune of tunes) addChoices(tune, choices, refusals);
    } catch (error) {
      refusals.push(error);
    }
  }
  if (choices.length === 0) throw plainRefusal(refusals[0], called, refusals.length);
  const over = choices.length > MOST_CHOICES || !all;
  return {
    kind: "tunes",
    choices: over ? choices.slice(0, MOST_CHOICES) : choices,
    remarks: [
      ...(over ? [`Only the first ${MOST_CHOICES} melodies of ${called} are listed.`] : []),
      ...summary(refusals.map((error) => plainRefusal(error, called).message)),
    ],
  };
}
