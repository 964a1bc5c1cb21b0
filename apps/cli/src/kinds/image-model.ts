/**
 * A model of images under the commands.
 *
 * @module
 */
import { statSync, writeFileSync } from "node:fs";
import {
  type Backend,
  type HostArray,
  hostArray,
  interpolateLatents,
  key,
  Model,
  normal,
  type Opened,
} from "@normflow/core";
import { answer, head } from "../answer.ts";
import type { DecodeCommand } from "../commands/decode.ts";
import type { SampleCommand } from "../commands/sample.ts";
import type { ScoreCommand } from "../commands/score.ts";
import { readImages } from "../data/image-files.ts";
import { type Images, oneHotLabels } from "../data/images.ts";
import { pngGrid } from "../data/png.ts";
import { EXIT, type Io, json, UsageError } from "../io.ts";
import { fresh, rounded } from "../outputs.ts";
import type { KindModel, LatentLine } from "./kind.ts";

interface ImageModel {
  readonly model: Model;
  readonly shape: Images["shape"];
  /** Classes that the model conditions on; 0 for none. */
  readonly classes: number;
}

/** Temperatures of a grid, a row each. */
const TEMPERATURES = [0.25, 0.5, 0.7, 0.85, 1];
/** Pictures on the way of an interpolation, both ends included. */
const POINTS = 9;

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The class to draw, from `label=3`; without one, all of them. */
function labelsFrom(text: string | undefined, classes: number): number[] | undefined {
  if (classes === 0) {
    if (text !== undefined)
      throw new UsageError("context", "This model conditions on nothing.", { hint: "Leave --context away." });
    return undefined;
  }
  if (text === undefined) return Array.from({ length: classes }, (_, i) => i);
  const label = Number(/^label=(\d+)$/.exec(text.trim())?.[1]);
  if (!(label < classes))
    throw new UsageError("context", `"${text}" names no class of this model.`, {
      hint: `Give --context label=N with N from 0 to ${classes - 1}.`,
    });
  return [label];
}

/** Pictures and how many stand in a row. */
async function drawn({ model, classes }: ImageModel, options: SampleCommand): Promise<readonly [HostArray, number]> {
  const { number, seed, temperature, grid = "samples" } = options;
  const labels = labelsFrom(options.context, classes);
  const context = labels ? { context: oneHotLabels(labels, classes) } : {};
  const event = model.flow.event;
  const flat = (array: HostArray): HostArray => hostArray(array.data, [array.data.length / count(event), ...event]);
  const drawAt = async (t: number): Promise<HostArray> =>
    flat(await model.sample(number, { seed, temperature: t, ...context }));
  switch (grid) {
    case "samples": {
      const one = await drawAt(temperature);
      return [one, labels ? number : Math.ceil(Math.sqrt(number))];
    }
    case "temperatures": {
      const rows = await Promise.all(TEMPERATURES.map(drawAt));
      const data = Float32Array.from(rows.flatMap((r) => Array.from(r.data)));
      return [hostArray(data, [data.length / count(event), ...event]), rows[0]!.shape[0]!];
    }
    case "interpolation": {
      const latents = model.flow.bijector.facts.base;
      const size = count(latents);
      const ends = normal(key(seed), 2 * number * size).map((v) => v * temperature);
      const path = new Float64Array(number * POINTS * size);
      for (let i = 0; i < number; i++) {
        const [a, b] = [2 * i, 2 * i + 1].map((k) => ends.subarray(k * size, (k + 1) * size));
        path.set(interpolateLatents(a!, b!, POINTS, "spherical"), i * POINTS * size);
      }
      const one = labels && {
        context: oneHotLabels(
          Array.from({ length: number * POINTS }, () => labels[0]!),
          classes,
        ),
      };
      return [await model.decode(hostArray(path, [number * POINTS, ...latents]), one ?? {}), POINTS];
    }
    default:
      throw new UsageError("grid", `There is no grid of ${String(grid)}.`, {
        hint: "Choose samples, temperatures or interpolation.",
      });
  }
}

async function sample(image: ImageModel, options: SampleCommand, io: Io): Promise<number> {
  const { output, force = false } = options;
  if (output !== undefined && !output.toLowerCase().endsWith(".png"))
    throw new UsageError("sample-output", "Images are written as one .png file.", {
      hint: "Give a name that ends so: -o samples.png.",
    });
  if (output === undefined && !options.json)
    throw new UsageError("sample-output", "Images are drawn into a file.", { hint: "Give -o samples.png, or --json." });
  const path = output === undefined ? undefined : fresh(output, force);
  const [pictures, columns] = await drawn(image, options);
  const number = pictures.shape[0]!;
  if (path !== undefined) {
    writeFileSync(path, pngGrid(pictures.data, image.shape, columns));
    io.message(`${number} images written to ${path}.`);
  }
  if (options.json) {
    const size = count(image.shape);
    for (let index = 0; index < number; index++)
      json(io, { index, x: Array.from(pictures.data.subarray(index * size, (index + 1) * size)) });
  }
  return EXIT.done;
}

/** Images of a file in the model's shape, with the classes that it conditions on. */
function itemsOf(
  { shape, classes }: ImageModel,
  path: string,
): { readonly x: HostArray; readonly context?: HostArray } {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new UsageError("no-such-file", `There is nothing to read at ${path}.`, { hint: "Check the path." });
  const { images } = readImages(path, stats.isDirectory());
  if (String(images.shape) !== String(shape))
    throw new UsageError(
      "image-shape",
      `The images are ${images.shape.slice(1).join(" × ")} with ${images.shape[0]} channels, those of the model ${shape.slice(1).join(" × ")} with ${shape[0]}.`,
      { hint: "Scale them before." },
    );
  const x = hostArray(Float32Array.from(images.data), [images.count, ...shape]);
  if (classes === 0) return { x };
  if (!images.labels || images.labels.some((label) => label >= classes))
    throw new UsageError(
      "context",
      `This model conditions on ${classes} classes, for which these images have no labels.`,
      {
        hint: "Put the file of labels beside that of the images.",
      },
    );
  return { x, context: oneHotLabels(images.labels, classes) };
}

async function score(image: ImageModel, path: string, options: ScoreCommand, io: Io): Promise<number> {
  const { x, context } = itemsOf(image, path);
  const { data } = await image.model.logProb(x, { seed: 0, ...(context ? { context } : {}) });
  head(io, options, "bits/dim  row");
  data.forEach((v, row) => {
    const bits = rounded(-v / (Math.LN2 * count(image.shape)));
    answer(io, options, { file: path, row, "bits per dimension": bits }, `${bits.toFixed(4).padStart(8)}  ${row}`);
  });
  return EXIT.done;
}

async function encode(image: ImageModel, path: string, io: Io): Promise<number> {
  const { x, context } = itemsOf(image, path);
  const { data, shape } = await image.model.encode(x, context ? { context } : {});
  const size = count(shape.slice(1));
  for (let row = 0; row < shape[0]!; row++) {
    const own = context && Array.from(context.data.subarray(row * image.classes, (row + 1) * image.classes));
    json(io, {
      file: path,
      row,
      z: Array.from(data.subarray(row * size, (row + 1) * size)),
      ...(own ? { context: own } : {}),
    });
  }
  return EXIT.done;
}

async function decode(
  image: ImageModel,
  lines: readonly LatentLine[],
  options: DecodeCommand,
  io: Io,
): Promise<number> {
  const given = lines.map((l) => l.context ?? []);
  if (given.some((c) => c.length !== image.classes))
    throw new UsageError("context", `This model conditions on ${image.classes} classes; a line has another number.`, {
      hint: 'Lines of a model with classes carry "context", a 1 at the class among zeros.',
    });
  const base = image.model.flow.bijector.facts.base;
  const latents = hostArray(Float64Array.from(lines.flatMap((l) => l.z)), [lines.length, ...base]);
  const context =
    image.classes > 0 ? { context: hostArray(Float64Array.from(given.flat()), [lines.length, image.classes]) } : {};
  const { data } = await image.model.decode(latents, context);
  const size = count(image.shape);
  lines.forEach(({ file, row }, i) => {
    const x = Array.from(data.subarray(i * size, (i + 1) * size));
    answer(io, options, { file, row, x }, x.join(","));
  });
  return lines.length;
}

/** Opens a model of images. */
export function openImageModel(opened: Opened, backend: Backend): KindModel {
  const { event, context } = opened.flow;
  const image: ImageModel = {
    model: new Model(opened.flow, opened.weights, backend, opened.facts),
    shape: event as unknown as Images["shape"],
    classes: context?.[0] ?? 0,
  };
  return {
    latent: count(image.model.flow.bijector.facts.base),
    decoded: "pixels, channel by channel and row by row",
    sample: (options, io) => sample(image, options, io),
    score: (path, options, io) => score(image, path, options, io),
    encode: (path, _, io) => encode(image, path, io),
    decode: (lines, options, io) => decode(image, lines, options, io),
    dispose: () => image.model.dispose(),
  };
}
