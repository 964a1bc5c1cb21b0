/**
 * Finds and reads images: an IDX file, an N×H×W×C array, or a folder of PNG pictures.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FormatError } from "@normflow/core";
import { UsageError } from "../io.ts";
import { readIdxImages, readIdxLabels } from "./idx.ts";
import { channelsFirst, checkSizes, type Images, MOST_BYTES } from "./images.ts";
import { readNpyHeader } from "./npy.ts";
import { readPng } from "./png.ts";
import { findFiles, type Problem, sentence } from "./walk.ts";

const IDX = /(idx3-ubyte|\.idx3?)(\.gz)?$/i;
const PNG = /\.png$/i;

/** The shape of an array file, or undefined where it is none. */
function shapeOfNpy(path: string): readonly number[] | undefined {
  try {
    const file = openSync(path, "r");
    const start = Buffer.alloc(2048);
    const size = readSync(file, start, 0, start.length, 0);
    closeSync(file);
    return readNpyHeader(start.subarray(0, size)).shape;
  } catch {
    return undefined;
  }
}

/** Whether a path holds images, by its name or by what is in the folder. */
export function holdsImages(path: string, isFolder: boolean): boolean {
  if (!isFolder) return IDX.test(path) || (/\.npy$/i.test(path) && (shapeOfNpy(path)?.length ?? 0) >= 3);
  try {
    return readdirSync(path).some((name) => PNG.test(name));
  } catch {
    return false;
  }
}

/** Labels beside an IDX file, under the name that goes with it. */
function labelsBeside(path: string): number[] | undefined {
  const name = basename(path).replace("images", "labels").replace("idx3", "idx1");
  const beside = join(dirname(path), name);
  return name !== basename(path) && existsSync(beside) ? readIdxLabels(readFileSync(beside)) : undefined;
}

/** Reads N×H×W or N×H×W×C unsigned bytes. */
function readNpyImages(bytes: Uint8Array): Images {
  const { type, fortran, shape, start } = readNpyHeader(bytes);
  const [count, height, width, channels = 1] = shape as [number, number, number, number?];
  if (type !== "u1" || fortran || shape.length > 4 || (channels !== 1 && channels !== 3))
    throw new FormatError("npy", `It holds ${type} of shape ${shape.join(" × ")}, which are no images.`, {
      hint: "Save images as unsigned bytes (uint8), N × H × W or N × H × W × C with 1 or 3 channels.",
    });
  checkSizes(count, channels, height, width);
  const data = bytes.subarray(start);
  if (data.length !== count * height * width * channels)
    throw new FormatError("npy", `Its shape ${shape.join(" × ")} does not fit its ${data.length} bytes.`, {
      hint: "Save it again.",
    });
  return {
    data: channelsFirst(data, count, [channels, height, width]),
    count,
    shape: [channels, height, width],
    labels: undefined,
  };
}

/** Reads the pictures of a folder, which must be of one size; what cannot be read is told. */
function readFolder(path: string): { readonly images: Images; readonly problems: Problem[] } {
  const { files, problems } = findFiles(path);
  const read: { name: string; data: Uint8Array; shape: Images["shape"] }[] = [];
  let bytes = 0;
  for (const { name, path: file } of files.filter((f) => PNG.test(f.name))) {
    try {
      const picture = readPng(readFileSync(file));
      bytes += picture.data.length;
      if (bytes > MOST_BYTES) throw new FormatError("image-size", "With it the folder holds more than 512 MiB.");
      read.push({ name, ...picture });
    } catch (error) {
      problems.push({ file: name, error: sentence(error) });
    }
  }
  const [first] = read;
  if (!first)
    throw new UsageError("no-images", `No picture of ${path} can be read.`, { hint: "Give PNG files of one size." });
  const same = read.filter((r) => String(r.shape) === String(first.shape));
  for (const { name, shape } of read.filter((r) => !same.includes(r)))
    problems.push({
      file: name,
      error: `It is ${shape[1]} × ${shape[2]} with ${shape[0]} channels, the first one ${first.shape[1]} × ${first.shape[2]} with ${first.shape[0]}.`,
    });
  const size = first.data.length;
  const data = new Uint8Array(same.length * size);
  same.forEach((r, i) => void data.set(r.data, i * size));
  return { images: { data, count: same.length, shape: first.shape, labels: undefined }, problems };
}

/**
 * Reads images. @throws {UsageError} naming the path where there are none
 */
export function readImages(
  path: string,
  isFolder: boolean,
): { readonly images: Images; readonly problems: Problem[]; readonly sha256: string } {
  try {
    const { images, problems } = isFolder
      ? readFolder(path)
      : {
          images: IDX.test(path)
            ? { ...readIdxImages(readFileSync(path)), labels: labelsBeside(path) }
            : readNpyImages(readFileSync(path)),
          problems: [],
        };
    if (images.labels && images.labels.length !== images.count)
      throw new FormatError("idx", `There are ${images.count} images and ${images.labels.length} labels beside them.`, {
        hint: "Take the labels away, or give those of these images.",
      });
    return {
      images,
      problems,
      sha256: createHash("sha256")
        .update(images.data)
        .update(Uint8Array.from(images.labels ?? []))
        .digest("hex"),
    };
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new UsageError(cause.code, `${path}: ${cause.message}`, {
      cause,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    });
  }
}
