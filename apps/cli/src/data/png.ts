/**
 * PNG files: pictures in, grids of pictures out.
 *
 * @module
 */
import { inflateSync } from "node:zlib";
import { FormatError } from "@normflow/core";
import { decode, encode } from "fast-png";
import { checkSizes, type Images } from "./images.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const refuse = (message: string, cause?: unknown): never => {
  throw new FormatError("png", message, { hint: "Give a plain PNG picture, grey or in colour.", cause });
};

/**
 * Looks at the header and at what the compressed part unpacks to before a decoder allocates anything: a file of some
 * kilobytes may claim gigabytes.
 */
function inspect(bytes: Uint8Array): void {
  if (bytes.length < 33 || SIGNATURE.some((b, i) => bytes[i] !== b)) refuse("It is no PNG file.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = (at: number): string => String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  if (view.getUint32(8) !== 13 || kind(8) !== "IHDR") refuse("It does not begin with a header.");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  checkSizes(1, 4, height, width);
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = view.getUint32(at);
    if (at + 12 + size > bytes.length) refuse("It is cut short.");
    // The only other compressed parts are texts and profiles, which nothing here reads.
    if (kind(at) === "acTL") refuse("It is an animation.");
    if (kind(at) === "IDAT") parts.push(bytes.subarray(at + 8, at + 8 + size));
    at += 12 + size;
  }
  try {
    // Four channels of two bytes, a filter byte a row, and the seven passes of an interlaced file.
    inflateSync(Buffer.concat(parts), { maxOutputLength: 8 * width * height + 8 * (height + 8) });
  } catch (cause) {
    refuse("Its picture is damaged, or unpacks to more than its header says.", cause);
  }
}

/** The bytes without the chunks that a picture does not need. */
function essential(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].includes(kind)) parts.push(bytes.subarray(at, at + 12 + size));
    at += 12 + size;
  }
  return Buffer.concat(parts);
}

/**
 * Reads a picture as grey, 8 bits [1, H, W], or in colour [3, H, W]; transparency is left out.
 * @throws {FormatError} `png` where the bytes are no picture, `image-size` where it is out of all proportion
 */
export function readPng(bytes: Uint8Array): Pick<Images, "data" | "shape"> {
  inspect(bytes);
  let decoded: ReturnType<typeof decode>;
  try {
    decoded = decode(essential(bytes));
  } catch (cause) {
    return refuse("It is damaged.", cause);
  }
  const { width, height, depth, palette } = decoded;
  const plane = width * height;
  const bit = (p: number): number => {
    if (depth >= 8) return decoded.data[p]! >> (depth - 8);
    const row = Math.ceil((width * depth) / 8);
    const [y, x] = [Math.floor(p / width), p % width];
    const shift = 8 - depth - ((x * depth) % 8);
    return (decoded.data[y * row + Math.floor((x * depth) / 8)]! >> shift) & (2 ** depth - 1);
  };
  const colour = palette !== undefined || decoded.channels >= 3;
  const data = new Uint8Array((colour ? 3 : 1) * plane);
  for (let p = 0; p < plane; p++)
    for (let c = 0; c < (colour ? 3 : 1); c++)
      data[c * plane + p] = palette
        ? (palette[bit(p)]?.[c] ?? 0)
        : depth < 8
          ? Math.round((255 * bit(p)) / (2 ** depth - 1))
          : bit(p * decoded.channels + c);
  return { data, shape: [colour ? 3 : 1, height, width] };
}

/**
 * Writes images [N, C, H, W] side by side as one PNG, `columns` in a row with a line between them.
 *
 * Values are whole numbers from 0 to `values` − 1, spread over 0 to 255; what lies outside is clipped.
 */
export function pngGrid(data: ArrayLike<number>, shape: Images["shape"], columns: number, values = 256): Uint8Array {
  const [c, h, w] = shape;
  const count = data.length / (c * h * w);
  const rows = Math.ceil(count / columns);
  const [height, width] = [rows * (h + 1) - 1, columns * (w + 1) - 1];
  const channels = c === 3 ? 3 : 1;
  const pixels = new Uint8Array(height * width * channels).fill(128);
  for (let n = 0; n < count; n++)
    for (let k = 0; k < channels; k++)
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++) {
          const value = Math.round((255 * data[((n * c + k) * h + y) * w + x]!) / (values - 1));
          const [top, left] = [Math.floor(n / columns) * (h + 1), (n % columns) * (w + 1)];
          pixels[((top + y) * width + left + x) * channels + k] = Math.max(0, Math.min(255, value));
        }
  return encode({ width, height, data: pixels, channels, depth: 8 });
}
