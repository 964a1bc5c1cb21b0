/** Every window of the corpora through tokens and through files of ours, and back. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FlowError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { writeAbc } from "../abc/write-abc.ts";
import { fromEvent, toEvent, toNotes } from "../grid/grid.ts";
import { writeMidi } from "../midi/write-midi.ts";
import type { Melody } from "../tune/melody.ts";
import { readTunes } from "../tune/read-tunes.ts";
import { Corpus, type CorpusResult, type CorpusWindow } from "./corpus.ts";
import { cutWindows } from "./windows.ts";

function gather(folder: string): CorpusResult {
  const corpus = new Corpus();
  for (const file of readdirSync(folder)) {
    try {
      corpus.add(file, readTunes(file, readFileSync(join(folder, file))));
    } catch (error) {
      // Throws on what is no refusal.
      if (error instanceof FlowError) corpus.skip(file, error);
      else throw error;
    }
  }
  return corpus.finish();
}

const TEMPO = 97;

const melody = ({ grid, folds, keyShift, octaveShift, title }: CorpusWindow): Melody => ({
  notes: toNotes(grid),
  folds,
  keyShift,
  octaveShift,
  title,
  tempo: TEMPO,
});

/** What must come back: the melody, its key, octave and folds. */
const content = ({ grid, folds, keyShift, octaveShift }: Omit<CorpusWindow, "file" | "title" | "name" | "split">) =>
  JSON.stringify([grid, folds, keyShift, octaveShift]);

function readBack(file: string, bytes: Uint8Array): { readonly content: string[]; readonly tempo: number | undefined } {
  const { tunes } = readTunes(file, bytes);
  return { content: tunes.flatMap(cutWindows).map(content), tempo: tunes[0]?.tempo };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const data = process.env["NORMFLOW_DATA"];

describe.each([
  ["Ceol Rince na hÉireann", "corpus/cre/midi", 1195, 7910],
  ["OpenEWLD", "corpus/openewld/mxl", 502, 7401],
  ["Nottingham", "corpus/nottingham/abc", 1034, 8059],
] as const)("%s", (name, path, tuneCount, windowCount) => {
  const folder = join(data ?? "", path);
  const there = data !== undefined && existsSync(folder);
  if (!there) console.log(`NORMFLOW_DATA holds no ${path}: the windows of ${name} are not read back.`);

  test.skipIf(!there)("every window comes back from its tokens, from MIDI and from ABC", () => {
    const { windows, counts } = gather(folder);
    expect(counts.tunes).toBe(tuneCount);
    expect(Math.abs(windows.length / windowCount - 1)).toBeLessThan(0.01);
    for (const window of windows) {
      expect(fromEvent(toEvent(window.grid))).toEqual(window.grid);
      const midi = readBack("a.mid", writeMidi(melody(window)));
      const abc = readBack("a.abc", utf8(writeAbc(melody(window))));
      expect(midi.content).toEqual([content(window)]);
      expect(abc.content).toEqual([content(window)]);
      expect(midi.tempo).toBeCloseTo(TEMPO, 2);
      expect(abc.tempo).toBe(TEMPO);
    }
  });
});
