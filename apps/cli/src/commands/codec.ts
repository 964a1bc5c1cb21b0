/**
 * flowctl encode and decode: to latents and back.
 *
 * @module
 */
import { FlowError, hostArray } from "@normflow/core";
import { fromEvent, toEvent, unfold } from "@normflow/music";
import * as z from "zod";
import { fileWindows } from "../data/melodies.ts";
import { columnsOf, readTable } from "../data/table.ts";
import type { EngineOptions } from "../engine.ts";
import { EXIT, type Io, json } from "../io.ts";
import { withModel } from "./with-model.ts";

/** Options of both commands. */
export interface CodecCommand extends EngineOptions {
  readonly model?: string;
}

/** Prints the latent of each melody or row, with what brings it back. */
export function encode(data: string, options: CodecCommand, io: Io): Promise<number> {
  return withModel(options, async (loaded) => {
    if (loaded.kind === "table") {
      const table = await readTable(data);
      const width = loaded.columns.length;
      const x = columnsOf(table, loaded.columns);
      const { data: z } = await loaded.model.encode(hostArray(x, [table.rows, width]));
      for (let row = 0; row < table.rows; row++)
        json(io, { row, z: Array.from(z.subarray(row * width, (row + 1) * width)) });
      return EXIT.done;
    }
    let [read, skipped] = [0, 0];
    for (const part of fileWindows(data)) {
      if ("error" in part) {
        skipped++;
        json(io, { file: part.file, error: part.error });
        continue;
      }
      read++;
      const latents = await loaded.model.encode(part.windows.map((w) => toEvent(w.grid)));
      part.windows.forEach(({ grid, folds, index, keyShift, octaveShift, tempo, title }, i) => {
        const meta = { keyShift, octaveShift, folds, tempo, title };
        json(io, { file: part.file, window: index, notes: unfold(grid, folds), z: Array.from(latents[i]!), meta });
      });
    }
    io.message(`${read} read, ${skipped} skipped.`);
    return read > 0 ? EXIT.done : EXIT.unusable;
  });
}

const line = z.object({
  file: z.string().optional(),
  window: z.number().optional(),
  row: z.number().optional(),
  z: z.array(z.number()),
  meta: z
    .object({ folds: z.array(z.number()).optional() })
    .loose()
    .optional(),
});

/** Lines decoded in one run. */
const CHUNK = 512;

/** Reads lines as encode prints them from standard input, and prints what their latents decode to. */
export function decode(options: CodecCommand, io: Io): Promise<number> {
  return withModel(options, async (loaded) => {
    const width = loaded.kind === "melody" ? 40 : loaded.columns.length;
    const given: z.infer<typeof line>[] = [];
    let bad = 0;
    for (const [i, text] of (await io.input()).split("\n").entries()) {
      if (text.trim() === "") continue;
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        value = undefined;
      }
      if (typeof value === "object" && value !== null && "error" in value) continue;
      const parsed = line.safeParse(value);
      if (parsed.success && parsed.data.z.length === width) given.push(parsed.data);
      else {
        bad++;
        io.message(
          `line ${i + 1}: ${value === undefined ? "it is no JSON" : parsed.success ? `z has ${parsed.data.z.length} numbers where ${width} are expected` : `${parsed.error.issues[0]?.path.join(".") || "it"}: ${parsed.error.issues[0]?.message}`}.`,
        );
      }
    }
    for (let from = 0; from < given.length; from += CHUNK) {
      const part = given.slice(from, from + CHUNK);
      if (loaded.kind === "table") {
        const { data } = await loaded.model.decode(
          hostArray(Float64Array.from(part.flatMap((p) => p.z)), [part.length, width]),
        );
        part.forEach(({ row }, i) => void json(io, { row, x: Array.from(data.subarray(i * width, (i + 1) * width)) }));
        continue;
      }
      const events = await loaded.model.decode(part.map((p) => p.z));
      part.forEach(({ file, window, meta }, i) => {
        const grid = fromEvent(events[i]!);
        let folds = meta?.folds ?? [];
        if (folds.length === 0) folds = grid.filter((step) => step > 0).map(() => 0);
        try {
          json(io, { file, window, notes: unfold(grid, folds) });
        } catch (error) {
          if (!(error instanceof FlowError)) throw error;
          bad++;
          io.message(`${file ?? "a line"}, window ${window ?? 0}: ${error.message}`);
        }
      });
    }
    io.message(`${given.length} decoded${bad > 0 ? `, ${bad} refused` : ""}.`);
    return given.length > 0 ? EXIT.done : EXIT.unusable;
  });
}
