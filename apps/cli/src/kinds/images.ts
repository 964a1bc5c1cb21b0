/**
 * Images of bytes, and the flows for them.
 *
 * @module
 */
import { statSync } from "node:fs";
import { foldIn, hostArray, key, permutation, type Rows, takeRows } from "@normflow/core";
import { imageRecipes, type Recipe } from "@normflow/layers";
import { holdsImages, readImages } from "../data/image-files.ts";
import { type Images, oneHotLabels } from "../data/images.ts";
import { type Io, UsageError } from "../io.ts";
import type { RunConfig } from "../run/config.ts";
import { openImageModel } from "./image-model.ts";
import type { DataKind, Prepared, ReadRequest } from "./kind.ts";
import { makeFlow } from "./make-flow.ts";

/** Options that follow from the pictures. */
const FROM_DATA = ["event", "values", "context"];
const FEWEST = 20;
const SPLIT_STREAM = 0x696d6773;

/** The classes to condition on, from `--context label`; 0 without it. */
function classesOf({ labels }: Images, context: readonly string[]): number {
  if (context.length === 0) return 0;
  if (context.join() !== "label")
    throw new UsageError("context", `Images have no column "${context.find((c) => c !== "label") ?? context[0]}".`, {
      hint: "Condition on their classes by --context label.",
    });
  if (!labels)
    throw new UsageError("context", "There are no labels beside these images.", {
      hint: "An IDX file of images takes them from the file of labels in its folder.",
    });
  return Math.max(...labels) + 1;
}

function read(path: string, isFolder: boolean, { seed, context }: ReadRequest, io: Io): Prepared {
  const { images, problems, sha256 } = readImages(path, isFolder);
  for (const { file, error } of problems.slice(0, 10)) io.message(`skipped ${file}: ${error}`);
  if (problems.length > 10) io.message(`skipped ${problems.length - 10} more.`);
  const { count, shape } = images;
  const classes = classesOf(images, context);
  io.message(`${count} images of ${shape[1]} × ${shape[2]} read${classes > 0 ? `, of ${classes} classes` : ""}.`);
  if (count < FEWEST)
    throw new UsageError("too-few-images", `${path} holds ${count} images; training takes ${FEWEST} at least.`);
  const order = permutation(foldIn(key(seed), SPLIT_STREAM), count);
  const tenth = Math.max(1, Math.floor(count / 10));
  const all = hostArray(Float32Array.from(images.data), [count, ...shape]);
  const given = classes > 0 ? oneHotLabels(images.labels!, classes) : undefined;
  const pick = (rows: Uint32Array): Rows => ({
    x: takeRows(all, rows.sort()),
    ...(given ? { context: takeRows(given, rows) } : {}),
  });
  const [test, valid, train] = [order.slice(0, tenth), order.slice(tenth, 2 * tenth), order.slice(2 * tenth)].map(pick);
  return {
    rows: train!.x.shape[0]!,
    job(config: RunConfig) {
      const set = FROM_DATA.find((name) => Object.hasOwn(config.options, name));
      if (set)
        throw new UsageError("flow-options", `The option ${set} follows from the images and cannot be set.`, {
          hint: "Classes to condition on are asked for by --context label.",
        });
      const recipe = imageRecipes[config.flow as keyof typeof imageRecipes] as Recipe<object>;
      const options = { ...config.options, event: [...shape], ...(classes > 0 ? { context: classes } : {}) };
      return {
        flow: makeFlow(config.flow, recipe.options, options, recipe.make),
        train: train!,
        valid: valid!,
        test: test!,
        config,
        unit: "bits",
        data: { kind: "images", rows: count, shape: [...shape], ...(classes > 0 ? { classes } : {}), sha256 },
      };
    },
  };
}

/** Pictures of one size. */
export const images: DataKind = {
  name: "image",
  plural: "images",
  takes: "images: an IDX file, a folder of .png files or an N × H × W × C .npy array of bytes",
  flows: Object.fromEntries(
    Object.entries(imageRecipes as Readonly<Record<string, Recipe<object>>>).map(([name, { summary, options }]) => [
      name,
      { summary, options, fromData: FROM_DATA },
    ]),
  ),
  detects: holdsImages,
  read: (path, request, io) => read(path, statSync(path).isDirectory(), request, io),
  // Passes over the images that make some five thousand steps.
  settings: (rows) => ({
    flow: "glow",
    seed: 0,
    epochs: Math.max(2, Math.min(400, Math.round((5000 * 32) / Math.max(1, rows)))),
    batch: 32,
    lr: 1e-3,
    betas: [0.9, 0.999],
    weightDecay: 0,
    clip: 50,
    warmup: 200,
    floor: 0.02,
    average: 0.997,
    checkpointEvery: 0,
    context: [],
    ignore: [],
    options: {},
  }),
  holds: ({ flow: { event } }) => event.length === 3,
  open: openImageModel,
};
