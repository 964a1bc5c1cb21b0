/**
 * A corpus: the windows of many files, duplicates removed, split by name.
 *
 * @module
 */
import { FlowError, OptionError } from "@normflow/core";
import { gridKey } from "../grid/grid.ts";
import type { Tune } from "../tune/tune.ts";
import { type Split, splitName, splitOf } from "./split.ts";
import { cutWindows, type MelodyWindow } from "./windows.ts";

/** A window and the tune that owns it. */
export interface CorpusWindow extends MelodyWindow {
  readonly file: string;
  readonly title: string;
  /** What the split was decided by. */
  readonly name: string;
  readonly split: Split;
}

/** A file or tune that gave no windows, and why. */
export interface SkippedTune {
  readonly file: string;
  readonly reference?: string;
  readonly code: string;
  readonly error: string;
}

/** Sizes of a corpus. */
export interface CorpusCounts {
  readonly files: number;
  readonly tunes: number;
  /** Tunes that gave windows. */
  readonly used: number;
  readonly windows: number;
  readonly unique: number;
  /** Unique windows that no note had to be folded in: those that train. */
  readonly inRange: Readonly<Record<Split, number>>;
}

/** What {@link Corpus} gathers: unique windows, also those out of range, in order of file, tune and place. */
export interface CorpusResult {
  readonly windows: readonly CorpusWindow[];
  readonly counts: CorpusCounts;
  readonly skipped: readonly SkippedTune[];
}

/** What a file holds. */
export interface FileTunes {
  readonly tunes: readonly Tune[];
  readonly refused?: readonly { readonly reference: string; readonly error: FlowError }[];
}

interface Entry {
  readonly file: string;
  readonly windows: readonly CorpusWindow[];
}

/** Orders strings by code points, as most languages do; UTF-16 units would put emoji before ﬁ. */
export function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Gathers files, in any order, into a corpus. */
export class Corpus {
  private readonly entries = new Map<string, Entry>();
  private readonly skipped: SkippedTune[] = [];
  private tunes = 0;
  private used = 0;

  /**
   * Adds the tunes of a file; tunes that were refused or give no windows are noted as skipped.
   * @throws OptionError `file` when the file was added before
   */
  add(file: string, { tunes, refused = [] }: FileTunes): void {
    if (this.entries.has(file))
      throw new OptionError("file", `The file ${file} was added before.`, {
        hint: "Give each file a name of its own.",
      });
    const severalTunes = tunes.length + refused.length > 1;
    for (const { error, reference } of refused) this.skip(file, error, severalTunes ? reference : undefined);
    const windows = tunes.flatMap((tune, i): CorpusWindow[] => {
      const reference = severalTunes ? (tune.reference ?? `${i + 1}`) : undefined;
      const name = splitName(file, reference);
      const facts = { file, title: tune.title, name, split: splitOf(name) };
      try {
        const cut = cutWindows(tune);
        if (cut.length === 0)
          throw new FlowError("no-windows", "No two bars on the grid hold four notes or more.", {
            hint: "Add tunes in 4/4, 2/2 or 2/4 with notes from D3 to D6.",
          });
        this.used++;
        return cut.map((window) => ({ ...window, ...facts }));
      } catch (error) {
        this.skip(file, error, reference);
        return [];
      }
    });
    this.tunes += tunes.length + refused.length;
    this.entries.set(file, { file, windows });
  }

  /** Notes a file, or a tune of it, as skipped for an error; errors that are no {@link FlowError} are thrown on. */
  skip(file: string, error: unknown, reference?: string): void {
    if (!(error instanceof FlowError)) throw error;
    this.skipped.push({
      file,
      code: error.code,
      error: error.message,
      ...(reference === undefined ? {} : { reference }),
    });
  }

  /** Removes duplicates, the first tune by file name owning each window, and counts. */
  finish(): CorpusResult {
    const entries = [...this.entries.values()].sort((a, b) => compareCodePoints(a.file, b.file));
    const seen = new Set<string>();
    const inRange = { train: 0, valid: 0, test: 0 };
    let total = 0;
    const windows = entries
      .flatMap((entry) => entry.windows)
      .filter((window) => {
        total++;
        const key = `${gridKey(window.grid)}${window.inRange ? "" : window.folds.join()}`;
        if (seen.has(key)) return false;
        seen.add(key);
        if (window.inRange) inRange[window.split]++;
        return true;
      });
    const counts = {
      files: entries.length,
      tunes: this.tunes,
      used: this.used,
      windows: total,
      unique: windows.length,
      inRange,
    };
    const skipped = [...this.skipped].sort((a, b) => compareCodePoints(a.file, b.file));
    return { windows, counts, skipped };
  }
}
