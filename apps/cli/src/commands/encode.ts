/**
 * flowctl encode: to latents.
 *
 * @module
 */
import { toEvent, unfold } from "@normflow/music";
import { refuse } from "../answer.ts";
import { windowBatches } from "../data/melodies.ts";
import type { EngineOptions } from "../engine.ts";
import { EXIT, type Io, json } from "../io.ts";
import { modelRows } from "./model-rows.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface EncodeCommand extends EngineOptions {
  readonly model?: string;
}

/** Decode reads what encode prints: there is one form of it. */
const LINES = { json: true };

/** Prints the latent of each melody or row, with what brings it back. */
export function encode(data: string, options: EncodeCommand, io: Io): Promise<number> {
  return withModel(options, async (loaded) => {
    if (loaded.kind === "table") {
      const rows = await modelRows(data, loaded.columns, LINES, io);
      if (!rows) return EXIT.unusable;
      const [count, width] = rows.x.shape as readonly [number, number];
      const { data: z } = await loaded.model.encode(rows.x);
      for (let row = 0; row < count; row++)
        json(io, { file: rows.file, row, z: Array.from(z.subarray(row * width, (row + 1) * width)) });
      return EXIT.done;
    }
    let [read, skipped] = [0, 0];
    for (const batch of windowBatches(data)) {
      const events = batch.flatMap((part) => ("windows" in part ? part.windows.map((w) => toEvent(w.grid)) : []));
      const latents = (events.length > 0 ? await loaded.model.encode(events) : []).values();
      for (const part of batch) {
        if ("error" in part) {
          skipped++;
          refuse(io, LINES, part.file, part.error);
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
  });
}
