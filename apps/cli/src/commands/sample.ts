/**
 * flowctl sample: draws from a model.
 *
 * @module
 */
import { fromEvent, toEvent, toNotes } from "@normflow/music";
import { type AnswerOptions, answer, head, noteText } from "../answer.ts";
import type { EngineOptions } from "../engine.ts";
import { EXIT, type Io, json, UsageError } from "../io.ts";
import { csvHeader, rounded, writeCsv, writeMelodies } from "../outputs.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface SampleCommand extends EngineOptions, AnswerOptions {
  readonly model?: string;
  readonly number: number;
  readonly seed: number;
  readonly temperature: number;
  readonly output?: string;
  readonly force?: boolean;
}

/** Draws melodies or rows, one line each; melodies go into a folder of MIDI files, rows into a .csv. */
export function sample(options: SampleCommand, io: Io): Promise<number> {
  const { number, seed, temperature, output, force = false } = options;
  return withModel(options, async (loaded) => {
    if (loaded.kind === "melody") {
      if (output?.toLowerCase().endsWith(".csv"))
        throw new UsageError("sample-output", "Melodies are written as MIDI files into a folder, not as a table.", {
          hint: "Give a folder: -o tunes.",
        });
      const grids = (await loaded.model.sample(number, { seed, temperature })).map(fromEvent);
      // Of what the grid holds: a hold drawn at the start sounds, is written and is scored as a rest.
      const bits = await loaded.model.bits(grids.map(toEvent));
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
    const { data, shape } = await loaded.model.sample(number, { seed, temperature });
    const width = shape[1]!;
    const rows = Array.from({ length: number }, (_, i) => Array.from(data.subarray(i * width, (i + 1) * width)));
    if (output !== undefined) {
      if (!output.toLowerCase().endsWith(".csv"))
        throw new UsageError("sample-output", "Rows are written as a .csv file.", {
          hint: "Give a name that ends so: -o samples.csv.",
        });
      writeCsv(output, loaded.columns, rows, force);
      io.message(`${rows.length} rows written to ${output}.`);
    }
    if (options.json) rows.forEach((x, index) => void json(io, { index, x }));
    else if (output === undefined) {
      head(io, options, csvHeader(loaded.columns));
      for (const row of rows) io.line(row.join(","));
    }
    return EXIT.done;
  });
}
