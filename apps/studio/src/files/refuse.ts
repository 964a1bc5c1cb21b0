/**
 * Refusals of dropped files.
 *
 * @module
 */
import { FormatError } from "@normflow/core";

/** Returns a refusal with a hint of what to drop instead. */
export const refuse = (
  code: string,
  sentence: string,
  hint = "Drop a MIDI, ABC or MusicXML file, or a model file of normflow.",
  cause?: unknown,
): FormatError => new FormatError(code, sentence, cause === undefined ? { hint } : { hint, cause });
