/**
 * flowctl decode: from latents back to data.
 *
 * @module
 */
import { FlowError, hostArray } from "@normflow/core";
import { fromEvent, unfold } from "@normflow/music";
import * as z from "zod";
import { type AnswerOptions, answer, head, noteText } from "../answer.ts";
import type { EngineOptions } from "../engine.ts";
import { EXIT, type Io } from "../io.ts";
import type { Loaded } from "../models.ts";
import { csvHeader } from "../outputs.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface DecodeCommand extends EngineOptions, AnswerOptions {
  readonly model?: string;
}

const schema = z.object({
  file: z.string().optional(),
  window: z.number().optional(),
  row: z.number().optional(),
  z: z.array(z.number()),
  meta: z
    .object({ folds: z.array(z.number()).optional() })
    .loose()
    .optional(),
});

type Line = z.infer<typeof schema>;

/** A line as encode prints it, nothing where encode told an error, or the reason why it is none. */
function readLine(text: string, width: number): Line | undefined | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  if (typeof value === "object" && value !== null && "error" in value) return undefined;
  const { success, data, error } = schema.safeParse(value);
  if (!success) return `${error.issues[0]?.path.join(".") || "it"}: ${error.issues[0]?.message}`;
  return data.z.length === width ? data : `z has ${data.z.length} numbers where ${width} are expected`;
}

/** Lines decoded in one run. */
const CHUNK = 512;

/** Prints what some lines decode to; returns how many did. */
async function decodeLines(lines: readonly Line[], loaded: Loaded, options: DecodeCommand, io: Io): Promise<number> {
  if (loaded.kind === "table") {
    const width = loaded.columns.length;
    const latents = hostArray(Float64Array.from(lines.flatMap((l) => l.z)), [lines.length, width]);
    const { data } = await loaded.model.decode(latents);
    lines.forEach(({ file, row }, i) => {
      const x = Array.from(data.subarray(i * width, (i + 1) * width));
      answer(io, options, { file, row, x }, x.join(","));
    });
    return lines.length;
  }
  let decoded = 0;
  const events = await loaded.model.decode(lines.map((l) => l.z));
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

/** Reads lines as encode prints them from standard input, and prints what their latents decode to. */
export function decode(options: DecodeCommand, io: Io): Promise<number> {
  return withModel(options, async (loaded) => {
    const width = loaded.kind === "melody" ? 40 : loaded.columns.length;
    let [number, decoded, refused] = [0, 0, 0];
    let waiting: Line[] = [];
    const flush = async (): Promise<void> => {
      if (waiting.length === 0) return;
      if (decoded === 0)
        head(io, options, loaded.kind === "melody" ? "window  file  notes" : csvHeader(loaded.columns));
      const done = await decodeLines(waiting, loaded, options, io);
      decoded += done;
      refused += waiting.length - done;
      waiting = [];
    };
    for await (const text of io.input()) {
      number++;
      if (text.trim() === "") continue;
      const line = readLine(text, width);
      if (typeof line === "string") {
        refused++;
        io.message(`line ${number}: ${line}.`);
      } else if (line && waiting.push(line) === CHUNK) await flush();
    }
    await flush();
    io.message(`${decoded} decoded${refused > 0 ? `, ${refused} refused` : ""}.`);
    return decoded > 0 ? EXIT.done : EXIT.unusable;
  });
}
