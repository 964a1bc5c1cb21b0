/**
 * Reads melodies from files and folders.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { FlowError, FormatError, hostArray, type Rows } from "@normflow/core";
import {
  Corpus,
  type CorpusResult,
  cutWindows,
  type MelodyWindow,
  readTunes,
  type Split,
  type TuneFile,
  toEvent,
} from "@normflow/music";
import { UsageError } from "../io.ts";
import { type FoundFile, findFiles, type Problem, sentence } from "./walk.ts";

/** Endings of files that melodies are read from. */
const ENDINGS = new Set([".mid", ".midi", ".abc", ".mxl", ".xml", ".musicxml"]);

/** A melody file larger than this is none. */
const LARGEST = 16 * 1024 * 1024;

/** Whether a name ends as a melody file's does. */
export const isMelodyName = (name: string): boolean => ENDINGS.has(extname(name).toLowerCase());

/** The tunes of a file. @throws {FormatError} where it holds none */
export function readMelodyFile({ name, path, size }: FoundFile): {
  readonly found: TuneFile;
  readonly bytes: Uint8Array;
} {
  if (size > LARGEST)
    throw new FormatError(
      "too-large",
      `It has ${Math.round(size / 2 ** 20)} MiB; a melody file has ${LARGEST / 2 ** 20} at most.`,
    );
  const bytes = readFileSync(path);
  return { found: readTunes(name, bytes), bytes };
}

/** A corpus with what identifies it. */
export interface MelodyData extends CorpusResult {
  /** SHA-256 over the names and bytes of the files read, in order. */
  readonly sha256: string;
  readonly problems: readonly Problem[];
}

/**
 * Reads all melodies at or below a path.
 * @throws {UsageError} where nothing is usable
 */
export function readMelodies(path: string): MelodyData {
  const { files, problems } = findFiles(path);
  const corpus = new Corpus();
  const hash = createHash("sha256");
  const refused: Problem[] = [...problems];
  for (const file of files) {
    if (!isMelodyName(file.name)) continue;
    try {
      const { found: tunes, bytes } = readMelodyFile(file);
      hash.update(file.name).update("\0").update(bytes);
      corpus.add(file.name, tunes);
    } catch (error) {
      refused.push({ file: file.name, error: sentence(error) });
    }
  }
  const result = corpus.finish();
  for (const { file, reference, error } of result.skipped)
    refused.push({ file: reference === undefined ? file : `${file}#${reference}`, error });
  return { ...result, sha256: hash.digest("hex"), problems: refused };
}

/** Rows of a split of a corpus, for training; windows with folded notes are left out. */
export function melodyRows(data: MelodyData, split: Split): Rows {
  const windows = data.windows.filter((w) => w.inRange && w.split === split);
  const x = new Float32Array(windows.length * 40);
  windows.forEach((w, i) => void x.set(toEvent(w.grid), i * 40));
  return { x: hostArray(x, [windows.length, 40]) };
}

/** A window of a file, with what brings it back to where it sounded. */
export interface FileWindow extends MelodyWindow {
  readonly file: string;
  readonly tempo: number;
  readonly title: string;
}

/** A melody file and its windows. */
export interface WindowFile {
  readonly file: string;
  readonly windows: readonly FileWindow[];
}

/** Windows that a model is asked about at once: a backend plans for each number of them that it meets. */
const BATCH = 512;

/** The files at or below a path in batches of some five hundred windows, those that have none among them. */
export function* windowBatches(path: string): Generator<readonly (WindowFile | Problem)[]> {
  let [parts, count]: [(WindowFile | Problem)[], number] = [[], 0];
  for (const part of fileWindows(path)) {
    parts.push(part);
    if ("windows" in part) count += part.windows.length;
    if (count < BATCH) continue;
    yield parts;
    [parts, count] = [[], 0];
  }
  if (parts.length > 0) yield parts;
}

/** The windows of each file at or below a path, or why it has none; every file in the order of its name. */
export function* fileWindows(path: string): Generator<WindowFile | Problem> {
  const { files, problems, isFolder } = findFiles(path);
  yield* problems;
  for (const file of files) {
    if (isFolder && !isMelodyName(file.name)) continue;
    try {
      const { tunes, refused } = readMelodyFile(file).found;
      for (const { reference, error } of refused) yield { file: `${file.name}#${reference}`, error: error.message };
      for (const [i, tune] of tunes.entries()) {
        const name = tunes.length + refused.length > 1 ? `${file.name}#${tune.reference ?? i + 1}` : file.name;
        try {
          const windows = cutWindows(tune).map((w) => ({ ...w, file: name, tempo: tune.tempo, title: tune.title }));
          yield windows.length > 0
            ? { file: name, windows }
            : { file: name, error: "No two bars on the grid hold four notes or more." };
        } catch (error) {
          if (!(error instanceof FlowError)) throw error;
          yield { file: name, error: error.message };
        }
      }
    } catch (error) {
      if (!(error instanceof FlowError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
      yield { file: file.name, error: sentence(error) };
    }
  }
}

/** One window of the melody at a path. @throws {UsageError} where it has none */
export function oneWindow(path: string, index: number): FileWindow {
  for (const part of fileWindows(path)) {
    if ("error" in part) throw new UsageError("no-melody", `${part.file}: ${part.error}`);
    const window = part.windows[index];
    if (!window)
      throw new UsageError(
        "no-window",
        `${part.file} has ${part.windows.length} windows; there is no window ${index}.`,
        { hint: "Windows are counted from 0." },
      );
    return window;
  }
  throw new UsageError("no-melody", `${path} holds no melody.`);
}
