/**
 * IDX files, as MNIST comes in, plain or compressed by gzip.
 *
 * @module
 * @see http://yann.lecun.com/exdb/mnist/
 */
import { gunzipSync } from "node:zlib";
import { FormatError } from "@normflow/core";
import { checkSizes, type Images, MOST_BYTES } from "./images.ts";

const HINT = "Give a file of unsigned bytes with three axes, as train-images-idx3-ubyte.gz.";

const refuse = (message: string): never => {
  throw new FormatError("idx", message, { hint: HINT });
};

/** The bytes of a file, unpacked where they are compressed, up to 512 MiB. */
function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new FormatError("idx", "It cannot be unpacked: it is damaged, or larger than 512 MiB.", {
      cause,
      hint: HINT,
    });
  }
}

/** An array of unsigned bytes with its sizes, which fit what follows them exactly. */
function readArray(file: Uint8Array, axes: number): { readonly sizes: readonly number[]; readonly data: Uint8Array } {
  const bytes = unpacked(file);
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) return refuse("It is no IDX file.");
  if (bytes[2] !== 0x08) return refuse("Its entries are no unsigned bytes.");
  if (bytes[3] !== axes) return refuse(`It has ${bytes[3]} axes where ${axes} are wanted.`);
  const start = 4 + 4 * axes;
  if (bytes.length < start) return refuse("It ends within its header.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const claimed = sizes.reduce((a, b) => a * b, 1);
  if (claimed !== bytes.length - start)
    return refuse(`It claims ${sizes.join(" × ")} entries and holds ${bytes.length - start}.`);
  return { sizes, data: bytes.subarray(start) };
}

/**
 * Reads images [N, H, W] of bytes.
 * @throws {FormatError} `idx` where the bytes are no such file, `image-size` where the images are out of all proportion
 */
export function readIdxImages(bytes: Uint8Array): Images {
  const { sizes, data } = readArray(bytes, 3);
  const [count, height, width] = sizes as [number, number, number];
  checkSizes(count, 1, height, width);
  return { data, count, shape: [1, height, width], labels: undefined };
}

/** Reads labels [N]. @throws {FormatError} `idx` where the bytes are no such file */
export const readIdxLabels = (bytes: Uint8Array): number[] => Array.from(readArray(bytes, 1).data);
