/**
 * flowctl encode: to latents.
 *
 * @module
 */
import type { EngineOptions } from "../engine.ts";
import type { Io } from "../io.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface EncodeCommand extends EngineOptions {
  readonly model?: string;
}

/** Prints the latent of each melody or row, with what brings it back, in the one form that decode reads. */
export const encode = (data: string, options: EncodeCommand, io: Io): Promise<number> =>
  withModel(options, (model) => model.encode(data, options, io));
