/**
 * Melodies: folders and files of tunes, and the melody flow.
 *
 * @module
 */
import { z } from "@normflow/core";
import { noted } from "@normflow/layers";
import { type MelodyFlowOptions, melodyFlow, melodyOptionsOf } from "@normflow/music";
import { isMelodyName, melodyRows, readMelodies } from "../data/melodies.ts";
import type { Problem } from "../data/walk.ts";
import { type Io, UsageError } from "../io.ts";
import type { DataKind, Prepared } from "./kind.ts";
import { makeFlow } from "./make-flow.ts";
import { openMelodyModel } from "./melody-model.ts";

/** The first few problems, and how many there are. */
function tell(io: Io, problems: readonly Problem[]): void {
  const shown = 10;
  for (const { file, error } of problems.slice(0, shown)) io.message(`skipped ${file}: ${error}`);
  if (problems.length > shown) io.message(`skipped ${problems.length - shown} more.`);
}

/** Sizes of the melody flow that a user may set. */
const options = z.object({
  width: noted(z.optional(z.int().check(z.gte(1), z.lte(4096))), "width of the transformer", 64),
  blocks: noted(z.optional(z.int().check(z.gte(1), z.lte(64))), "number of its blocks", 2),
  heads: noted(z.optional(z.int().check(z.gte(1), z.lte(64))), "attention heads of a block", 4),
  hidden: noted(
    z.optional(z.int().check(z.gte(1), z.lte(65_536))),
    "width of a block's hidden layer, three times the width unless told",
  ),
  dropout: noted(z.optional(z.number().check(z.gte(0), z.lt(1))), "share of entries dropped while training", 0.1),
});

function read(path: string, context: readonly string[], io: Io): Prepared {
  if (context.length > 0)
    throw new UsageError("context", "Melodies have no columns to condition on.", { hint: "Leave --context away." });
  const data = readMelodies(path);
  const { counts } = data;
  tell(io, data.problems);
  io.message(
    `${counts.files} files read, ${data.problems.length} skipped; ${counts.unique} different melodies, ${counts.inRange.train} train, ${counts.inRange.valid} validate, ${counts.inRange.test} test.`,
  );
  if (counts.inRange.train < 2 || counts.inRange.valid < 1 || counts.inRange.test < 1)
    throw new UsageError(
      "too-few-melodies",
      `${path} gives ${counts.inRange.train} melodies to train, ${counts.inRange.valid} to validate and ${counts.inRange.test} to test; each needs some.`,
      {
        hint: "Add tunes in 4/4, 2/2 or 2/4: MIDI, ABC or MusicXML. The split goes by file name.",
      },
    );
  const train = melodyRows(data, "train");
  return {
    rows: train.x.shape[0]!,
    job: (config) => ({
      flow: makeFlow(config.flow, options, config.options, (given) => melodyFlow(given as MelodyFlowOptions)),
      train,
      valid: melodyRows(data, "valid"),
      test: melodyRows(data, "test"),
      config,
      unit: "bits",
      data: { kind: "melodies", files: counts.files, tunes: counts.tunes, windows: counts.unique, sha256: data.sha256 },
    }),
  };
}

/** Melodies of two bars, from folders and files. */
export const melodies: DataKind = {
  name: "melody",
  plural: "melodies",
  takes: "a folder of .mid, .abc or .mxl melodies",
  flows: { melody: { summary: "autoregressive transformer over notes, exact likelihood in bits", options } },
  detects: (path, isFolder) => isFolder || isMelodyName(path),
  read: (path, { context }, io) => read(path, context, io),
  // The design's settings of the melody flow.
  settings: () => ({
    flow: "melody",
    seed: 0,
    epochs: 25,
    batch: 96,
    lr: 2e-3,
    betas: [0.9, 0.98],
    weightDecay: 0.02,
    clip: 1,
    warmup: 200,
    floor: 0.02,
    average: 0,
    checkpointEvery: 0,
    context: [],
    ignore: [],
    options: {},
  }),
  holds: ({ flow }) => melodyOptionsOf(flow) !== undefined,
  open: openMelodyModel,
};
