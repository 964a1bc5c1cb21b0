/**
 * flowctl morph: melodies on the way from one to another.
 *
 * @module
 */
import { fromEvent, type MorphPreset, morphPresets, toEvent, toNotes } from "@normflow/music";
import { type AnswerOptions, answer, head, noteText } from "../answer.ts";
import { oneWindow } from "../data/melodies.ts";
import type { EngineOptions } from "../engine.ts";
import { EXIT, type Io, UsageError } from "../io.ts";
import type { MelodyKindModel } from "../kinds/melody-model.ts";
import { rounded, writeMelodies } from "../outputs.ts";
import { withModel } from "./with-model.ts";

/** Options of the command. */
export interface MorphCommand extends EngineOptions, AnswerOptions {
  readonly model?: string;
  readonly points: number;
  readonly preset: string;
  readonly from: number;
  readonly to: number;
  readonly output?: string;
  readonly force?: boolean;
}

/** Prints the points of an anchored morph between windows of two files, both ends exact. */
export function morph(a: string, b: string, options: MorphCommand, io: Io): Promise<number> {
  const presets: Readonly<Record<string, MorphPreset>> = morphPresets;
  const preset = Object.hasOwn(presets, options.preset) ? presets[options.preset] : undefined;
  if (!preset)
    throw new UsageError("unknown-preset", `There is no preset "${options.preset}".`, {
      hint: `Use ${Object.keys(presets).join(" or ")}.`,
    });
  const ends = [oneWindow(a, options.from), oneWindow(b, options.to)] as const;
  return withModel(options, async (model) => {
    if (!("melody" in model)) throw new UsageError("not-melodies", "morph works with models of melodies.");
    const { melody } = model as MelodyKindModel;
    const events = await melody.morph(toEvent(ends[0].grid), toEvent(ends[1].grid), options.points, preset);
    const bits = await melody.bits(events);
    const grids = events.map(fromEvent);
    if (options.output !== undefined) {
      writeMelodies(options.output, grids, (i) => `normflow morph ${i + 1} of ${grids.length}`, options.force ?? false);
      io.message(`${grids.length} melodies written to ${options.output}.`);
    }
    head(io, options, "    t    bits  notes");
    grids.forEach((grid, i) => {
      const value = { t: rounded(i / (options.points - 1)), bits: rounded(bits[i]!), notes: toNotes(grid) };
      const figures = `${value.t.toFixed(3).padStart(5)}  ${value.bits.toFixed(2).padStart(6)}`;
      answer(io, options, value, `${figures}  ${noteText(value.notes)}`);
    });
    return EXIT.done;
  });
}
