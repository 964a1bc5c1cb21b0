/**
 * flowctl decode: from latents back to data.
 *
 * @module
 */
import * as z from "zod";
import { type AnswerOptions, head } from "../answer.ts";
import type { EngineOptions } from "../engine.ts";
import { EXIT, type Io, UsageError } from "../io.ts";
import type { LatentLine } from "../kinds/kind.ts";
import { fresh } from "../outputs.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface DecodeCommand extends EngineOptions, AnswerOptions {
  readonly model?: string;
  /** File for a text, as it was. */
  readonly output?: string;
  readonly force?: boolean;
}

const schema = z.object({
  file: z.string().optional(),
  window: z.number().optional(),
  row: z.number().optional(),
  z: z.array(z.number()),
  context: z.array(z.number()).optional(),
  meta: z
    .object({
      folds: z.array(z.number()).optional(),
      length: z.int().min(0).optional(),
      unknown: z.array(z.string()).optional(),
    })
    .loose()
    .optional(),
});

/** A line as encode prints it, nothing where encode told an error, or the reason why it is none. */
function readLine(text: string, width: number): LatentLine | undefined | string {
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

/** Reads lines as encode prints them from standard input, and prints what their latents decode to. */
export function decode(options: DecodeCommand, io: Io): Promise<number> {
  return withModel(options, async (model) => {
    const { output, force = false } = options;
    if (output !== undefined && !model.writesText)
      throw new UsageError("decode-output", "Only texts are decoded into a file.", {
        hint: "Leave -o away, and lead standard output where it is to go.",
      });
    if (output !== undefined) fresh(output, force);
    let [number, decoded, refused] = [0, 0, 0];
    let waiting: LatentLine[] = [];
    const flush = async (): Promise<void> => {
      if (waiting.length === 0) return;
      if (decoded === 0 && output === undefined) head(io, options, model.decoded);
      const done = await model.decode(waiting, options, io);
      decoded += done;
      refused += waiting.length - done;
      waiting = [];
    };
    for await (const text of io.input()) {
      number++;
      if (text.trim() === "") continue;
      const line = readLine(text, model.latent);
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
