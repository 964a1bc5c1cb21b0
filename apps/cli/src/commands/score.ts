/**
 * flowctl score: how likely data are under a model.
 *
 * @module
 */
import type { AnswerOptions } from "../answer.ts";
import type { EngineOptions } from "../engine.ts";
import type { Io } from "../io.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface ScoreCommand extends EngineOptions, AnswerOptions {
  readonly model?: string;
  /** The column, or the file, that says which rows are anomalies. */
  readonly labels?: string;
  readonly output?: string;
  readonly force?: boolean;
}

/** Prints the bits of each melody, or the nats of each row; what cannot be read is a line with an error. */
export const score = (data: string, options: ScoreCommand, io: Io): Promise<number> =>
  withModel(options, (model) => model.score(data, options, io));
