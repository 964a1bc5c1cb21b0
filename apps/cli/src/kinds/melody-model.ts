/**
 * A model of melodies under the commands.
 *
 * @module
 */
import { type Backend, FlowError, type Opened } from "@normflow/core";
import { fromEvent, MelodyModel, toEvent, toNotes, unfold } from "@normflow/music";
import { answer, head, noteText, refuse } from "../answer.ts";
import type { DecodeCommand } from "../commands/decode.ts";
import type { EncodeCommand } from "../commands/encode.ts";
import type { SampleCommand } from "../commands/sample.ts";
import type { ScoreCommand } from "../commands/score.ts";
import { windowBatches } from "../data/melodies.ts";
import { EXIT, type Io, json, UsageError } from "../io.ts";
import { rounded, writeMelodies } from "../outputs.ts";
import type { KindModel, LatentLine } from "./kind.ts";

/** Coordinates of a melody's latent. */
const COORDINATES = 40;

async function sample(model: MelodyModel, options: SampleCommand, io: Io): Promise<number> {
  const { number, seed, temperature, output, force = false } = options;
  if (options.context !== undefined)
    throw new UsageError("context", "Models of melodies have no context.", { hint: "Leave --context away." });
  if (output?.toLowerCase().endsWith(".csv"))
    throw new UsageError("sample-output", "Melodies are written as MIDI files into a folder, not as a table.", {
      hint: "Give a folder: -o tunes.",
    });
  const grids = (await model.sample(number, { seed, temperature })).map(fromEvent);
  // Of what the grid holds: a hold drawn at the start sounds, is written and is scored as a rest.
  const bits = await model.bits(grids.map(toEvent));
  if (output !== undefined) {
    writeMelodies(output, grids, (i) => `normflow, seed ${seed}, melody ${i + 1}`, force);
    io.message(`${grids.length} melodies written to ${output}.`);
  }
  head(io, options, "index    bits  notes");
  grids.forEach((grid, index) => {
    const value = { index, bits: rounded(bits[index]!), notes: toNotes(grid) };
    const figures = `${String(index).padStart(5)}  ${value.bits.toFixed(2).padStart(6)}`;
    answer(io, options, value, `${figures}  ${noteText(value.notes)}`);
  });
  return EXIT.done;
}

async function score(model: MelodyModel, path: string, options: ScoreCommand, io: Io): Promise<number> {
  if (options.labels !== undefined || options.output !== undefined)
    throw new UsageError("labels", "Melodies have no labels; scores of tables are compared with labels and written.", {
      hint: "Leave --labels and -o away.",
    });
  let [read, skipped] = [0, 0];
  for (const batch of windowBatches(path)) {
    const events = batch.flatMap((part) => ("windows" in part ? part.windows.map((w) => toEvent(w.grid)) : []));
    const all = (events.length > 0 ? await model.bits(events) : []).values();
    for (const part of batch) {
      if ("error" in part) {
        skipped++;
        refuse(io, options, part.file, part.error);
        continue;
      }
      if (read++ === 0) head(io, options, "  bits  window  file");
      for (const { file, index } of part.windows) {
        const bits = rounded(all.next().value!);
        const figures = `${bits.toFixed(2).padStart(6)}  ${String(index).padStart(6)}`;
        answer(io, options, { file, window: index, bits }, `${figures}  ${file}`);
      }
    }
  }
  io.message(`${read} read, ${skipped} skipped.`);
  return read > 0 ? EXIT.done : EXIT.unusable;
}

async function encode(model: MelodyModel, path: string, _: EncodeCommand, io: Io): Promise<number> {
  let [read, skipped] = [0, 0];
  for (const batch of windowBatches(path)) {
    const events = batch.flatMap((part) => ("windows" in part ? part.windows.map((w) => toEvent(w.grid)) : []));
    const latents = (events.length > 0 ? await model.encode(events) : []).values();
    for (const part of batch) {
      if ("error" in part) {
        skipped++;
        refuse(io, { json: true }, part.file, part.error);
        continue;
      }
      read++;
      for (const { file, grid, folds, index, keyShift, octaveShift, tempo, title } of part.windows) {
        const z = Array.from(latents.next().value!);
        const meta = { keyShift, octaveShift, folds, tempo, title };
        json(io, { file, window: index, notes: unfold(grid, folds), z, meta });
      }
    }
  }
  io.message(`${read} read, ${skipped} skipped.`);
  return read > 0 ? EXIT.done : EXIT.unusable;
}

async function decode(
  model: MelodyModel,
  lines: readonly LatentLine[],
  options: DecodeCommand,
  io: Io,
): Promise<number> {
  let decoded = 0;
  const events = await model.decode(lines.map((l) => [...l.z]));
  lines.forEach(({ file, window, meta }, i) => {
    const grid = fromEvent(events[i]!);
    let folds = meta?.folds ?? [];
    if (folds.length === 0) folds = grid.filter((step) => step > 0).map(() => 0);
    try {
      const notes = unfold(grid, folds);
      const text = `${String(window ?? "").padStart(6)}  ${file ?? ""}  ${noteText(notes)}`;
      answer(io, options, { file, window, notes }, text);
      decoded++;
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      io.message(`${file ?? "a line"}, window ${window ?? 0}: ${error.message}`);
    }
  });
  return decoded;
}

/** A model of melodies, which `morph` asks for what no other has. */
export interface MelodyKindModel extends KindModel {
  readonly melody: MelodyModel;
}

/** Opens a model of melodies. */
export function openMelodyModel(opened: Opened, backend: Backend): MelodyKindModel {
  const melody = MelodyModel.from(opened, backend);
  return {
    melody,
    latent: COORDINATES,
    decoded: "window  file  notes",
    sample: (options, io) => sample(melody, options, io),
    score: (path, options, io) => score(melody, path, options, io),
    encode: (path, options, io) => encode(melody, path, options, io),
    decode: (lines, options, io) => decode(melody, lines, options, io),
    dispose: () => melody.dispose(),
  };
}
