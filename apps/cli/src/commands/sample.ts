/**
 * flowctl sample: draws from a model.
 *
 * @module
 */
import type { AnswerOptions } from "../answer.ts";
import type { EngineOptions } from "../engine.ts";
import { type Io, UsageError } from "../io.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface SampleCommand extends EngineOptions, AnswerOptions {
  readonly model?: string;
  readonly number: number;
  readonly seed: number;
  readonly temperature: number;
  /** Values of the columns that a model conditions on, `name=value` with commas between. */
  readonly context?: string;
  /** What a picture of images shows: samples, the same ones at five temperatures, or ways between two of them. */
  readonly grid?: "samples" | "temperatures" | "interpolation";
  /** Characters of a text; those of a window unless told. */
  readonly length?: number;
  readonly output?: string;
  readonly force?: boolean;
}

/**
 * Draws melodies, rows, texts or images, one line each; melodies go into a folder of MIDI files, rows into a .csv, texts into a
 * .txt, images into a .png.
 */
export const sample = (options: SampleCommand, io: Io): Promise<number> =>
  withModel(options, (model) => {
    if (options.length !== undefined && !model.writesText)
      throw new UsageError("sample-length", "Only texts have a length to choose.", { hint: "Leave --length away." });
    return model.sample(options, io);
  });
