/**
 * flowctl score: how likely data are under a model.
 *
 * @module
 */
import { toEvent } from "@normflow/music";
import { type AnswerOptions, answer, head, refuse } from "../answer.ts";
import { windowBatches } from "../data/melodies.ts";
import type { EngineOptions } from "../engine.ts";
import { EXIT, type Io } from "../io.ts";
import { rounded } from "../outputs.ts";
import { modelRows } from "./model-rows.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface ScoreCommand extends EngineOptions, AnswerOptions {
  readonly model?: string;
}

/** Prints the bits of each melody, or the nats of each row; what cannot be read is a line with an error. */
export function score(data: string, options: ScoreCommand, io: Io): Promise<number> {
  return withModel(options, async (loaded) => {
    if (loaded.kind === "table") {
      const rows = await modelRows(data, loaded.columns, options, io);
      if (!rows) return EXIT.unusable;
      const { data: logProb } = await loaded.model.logProb(rows.x);
      head(io, options, "        nats  row");
      logProb.forEach((v, row) => {
        const nats = rounded(-v);
        answer(io, options, { file: rows.file, row, nats }, `${nats.toFixed(4).padStart(12)}  ${row}`);
      });
      return EXIT.done;
    }
    let [read, skipped] = [0, 0];
    for (const batch of windowBatches(data)) {
      const events = batch.flatMap((part) => ("windows" in part ? part.windows.map((w) => toEvent(w.grid)) : []));
      const all = (events.length > 0 ? await loaded.model.bits(events) : []).values();
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
  });
}
