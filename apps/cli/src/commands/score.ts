/**
 * flowctl score: how likely data are under a model.
 *
 * @module
 */
import { hostArray } from "@normflow/core";
import { toEvent } from "@normflow/music";
import { fileWindows } from "../data/melodies.ts";
import { columnsOf, readTable } from "../data/table.ts";
import type { EngineOptions } from "../engine.ts";
import { EXIT, type Io, json } from "../io.ts";
import { rounded } from "../outputs.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface ScoreCommand extends EngineOptions {
  readonly model?: string;
}

/** Prints the bits of each melody, or the nats of each row; what cannot be read is a line with an error. */
export function score(data: string, options: ScoreCommand, io: Io): Promise<number> {
  return withModel(options, async (loaded) => {
    let [read, skipped] = [0, 0];
    if (loaded.kind === "melody") {
      for (const part of fileWindows(data)) {
        if ("error" in part) {
          skipped++;
          json(io, { file: part.file, error: part.error });
          continue;
        }
        read++;
        const bits = await loaded.model.bits(part.windows.map((w) => toEvent(w.grid)));
        part.windows.forEach((w, i) => void json(io, { file: part.file, window: w.index, bits: rounded(bits[i]!) }));
      }
      io.message(`${read} read, ${skipped} skipped.`);
      return read > 0 ? EXIT.done : EXIT.unusable;
    }
    const table = await readTable(data);
    const x = columnsOf(table, loaded.columns);
    const { data: logProb } = await loaded.model.logProb(hostArray(x, [table.rows, loaded.columns.length]));
    logProb.forEach((v, row) => void json(io, { row, nats: rounded(-v) }));
    return EXIT.done;
  });
}
