/**
 * Texts, character by character, and the subset flow.
 *
 * @module
 */
import { type HostArray, randomWindows, windowRows, z } from "@normflow/core";
import { noted, type SubsetFlowOptions, subsetFlow } from "@normflow/layers";
import { Alphabet, isTextName, readText } from "../data/text.ts";
import { type Io, UsageError } from "../io.ts";
import type { DataKind, Prepared } from "./kind.ts";
import { makeFlow } from "./make-flow.ts";
import { describedAsText, openTextModel, textNats } from "./text-model.ts";

/** Characters below which nothing can be split and learned. */
const FEWEST = 1000;

/** Sizes of the flow that a user may set. */
const options = z.object({
  window: noted(
    z.optional(z.int().check(z.gte(1), z.lte(4096))),
    "characters of an event, which the first of them begins anew",
    64,
  ),
  width: noted(z.optional(z.int().check(z.gte(1), z.lte(4096))), "width of the transformer", 128),
  blocks: noted(z.optional(z.int().check(z.gte(1), z.lte(64))), "number of its blocks", 4),
  heads: noted(z.optional(z.int().check(z.gte(1), z.lte(64))), "attention heads of a block", 4),
  hidden: noted(
    z.optional(z.int().check(z.gte(1), z.lte(65_536))),
    "width of a block's hidden layer, four times the width unless told",
  ),
  dropout: noted(z.optional(z.number().check(z.gte(0), z.lt(1))), "share of entries dropped while training", 0),
  floor: noted(
    z.optional(z.number().check(z.gt(0), z.lt(1))),
    "share of probability spread over all characters",
    0.001,
  ),
});

type Options = z.infer<typeof options>;

/** Characters of an event unless told. */
const WINDOW = 64;
/** Items of a step, and steps of a run, unless told. */
const [BATCH, STEPS] = [32, 1920];

/** Windows of a sequence one after another; a rest that fills none is left out. */
const consecutive = (tokens: Float32Array, window: number): HostArray =>
  windowRows(
    tokens,
    window,
    Array.from({ length: Math.floor(tokens.length / window) }, (_, i) => i * window),
  );

function read(path: string, context: readonly string[], io: Io): Prepared {
  if (context.length > 0)
    throw new UsageError("context", "A text has no columns to condition on.", { hint: "Leave --context away." });
  const { text, sha256 } = readText(path);
  const characters = Array.from(text);
  const count = characters.length;
  if (count < FEWEST)
    throw new UsageError("too-short", `The text has ${count} characters; training takes ${FEWEST} at least.`);
  const trained = Math.floor(0.9 * count);
  const alphabet = Alphabet.of(characters.slice(0, trained).join(""));
  const { tokens } = alphabet.tokens(text);
  if (tokens.subarray(0, trained).every((t) => t === tokens[0]))
    throw new UsageError("one-character", "The text is one character over and over: there is nothing to learn.");
  const unknown = tokens.reduce((n, t) => n + Number(t === alphabet.unknown), 0);
  io.message(
    `${count} characters read, ${alphabet.characters.length} different ones; the first ${trained} train, the others test.`,
  );
  if (unknown > 0)
    io.message(`${unknown} characters that the training part does not hold, or hardly, count as one more.`);
  return {
    // Windows of the usual length in a pass, from which the number of passes follows.
    rows: Math.floor((0.98 * trained) / WINDOW),
    job(config) {
      const make = ({ window = WINDOW, width = 128, blocks = 4, ...more }: Options): SubsetFlowOptions => ({
        features: window,
        categories: alphabet.characters.length + 1,
        width,
        blocks,
        ...(more as Partial<SubsetFlowOptions>),
      });
      const flow = makeFlow(config.flow, options, config.options, (given) => subsetFlow(make(given)));
      const window = flow.event[0]!;
      // The last fiftieth of what trains chooses the best of the evaluations.
      const held = trained - Math.max(window, Math.floor(trained / 50));
      if (held < window || count - trained < window)
        throw new UsageError("too-short", `The text is too short for windows of ${window} characters.`, {
          hint: `Choose shorter ones: --option window=${Math.max(1, Math.floor((count - trained) / 4))}.`,
        });
      const test = tokens.subarray(trained);
      return {
        flow,
        train: randomWindows(tokens.subarray(0, held), window),
        valid: { x: consecutive(tokens.subarray(held, trained), window) },
        test: { x: consecutive(test, window) },
        entries: window,
        measure: async (model) => (await textNats(model, test)).reduce((a, b) => a + b, 0) / test.length,
        config,
        unit: "nats",
        data: { kind: "text", characters: count, alphabet: alphabet.characters, sha256 },
      };
    },
  };
}

/** Texts in UTF-8. */
export const texts: DataKind = {
  name: "text",
  plural: "texts",
  takes: "a .txt text",
  flows: {
    subsetFlow: { summary: "autoregressive transformer over characters, exact likelihood in nats", options },
  },
  detects: (path, isFolder) => !isFolder && isTextName(path),
  read: (path, { context }, io) => read(path, context, io),
  // Passes over the text that make some two thousand steps.
  settings: (rows) => ({
    flow: "subsetFlow",
    seed: 0,
    epochs: Math.max(1, Math.min(100, Math.round((STEPS * BATCH) / Math.max(1, rows)))),
    batch: BATCH,
    lr: 3e-3,
    betas: [0.9, 0.98],
    weightDecay: 0.05,
    clip: 1,
    warmup: 100,
    floor: 0.02,
    average: 0.998,
    checkpointEvery: 0,
    context: [],
    ignore: [],
    options: {},
  }),
  holds: describedAsText,
  open: openTextModel,
};
