/**
 * The safetensors format: 8 bytes of header length, a JSON header, the arrays one after another.
 *
 * @module
 * @see https://huggingface.co/docs/safetensors, its description of the format
 */
import { FormatError } from "../error.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** Element types that this reader takes. */
export type FileType = "F32" | "F64" | "I32" | "U8";

/** An array of a file. */
export interface FileTensor {
  readonly name: string;
  readonly dtype: FileType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

const arrays = { F32: Float32Array, F64: Float64Array, I32: Int32Array, U8: Uint8Array } as const;

const MAX_HEADER = 100_000_000;
const MAX_RANK = 32;

const refuse = (
  code: string,
  message: string,
  hint = "It is damaged or no safetensors file.",
  cause?: unknown,
): never => {
  throw new FormatError(code, message, cause === undefined ? { hint } : { hint, cause });
};

/** Writes arrays and metadata; arrays are sorted by name, so the same content gives the same bytes. */
export function encodeSafetensors(
  tensors: readonly FileTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const header: Record<string, unknown> = {
    __metadata__: Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  // Wide elements first, so that every array starts at a multiple of its element's size without padding.
  const byWidth = [...sorted].sort((a, b) => arrays[b.dtype].BYTES_PER_ELEMENT - arrays[a.dtype].BYTES_PER_ELEMENT);
  let offset = 0;
  for (const { name, dtype, shape, data } of byWidth) {
    const size = data.length * arrays[dtype].BYTES_PER_ELEMENT;
    header[name] = { dtype, shape, data_offsets: [offset, offset + size] };
    offset += size;
  }
  let text = JSON.stringify(header);
  let encoded = encodeUtf8(text);
  const padding = (8 - (encoded.length % 8)) % 8;
  text += " ".repeat(padding);
  encoded = encodeUtf8(text);
  const bytes = new Uint8Array(8 + encoded.length + offset);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, encoded.length, true);
  bytes.set(encoded, 8);
  let at = 8 + encoded.length;
  for (const { dtype, data } of byWidth) {
    const exact = arrays[dtype].from(data as never);
    bytes.set(new Uint8Array(exact.buffer, exact.byteOffset, exact.byteLength), at);
    at += exact.byteLength;
  }
  return bytes;
}

interface Entry {
  readonly name: string;
  readonly dtype: FileType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

const isCount = (v: unknown): v is number => typeof v === "number" && Number.isSafeInteger(v) && v >= 0;

function readEntry(name: string, value: unknown, size: number): Entry {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(arrays, dtype))
    return refuse(
      "tensor-type",
      `The array ${name} has the element type ${String(dtype)}, which is not one of F32, F64, I32 and U8.`,
    );
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount))
    return refuse("tensor-shape", `The shape of the array ${name} is no list of sizes.`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return refuse("tensor-offsets", `The array ${name} does not say where its bytes are.`);
  const [start, end] = offsets as [number, number];
  if (start > end || end > size)
    return refuse("tensor-offsets", `The array ${name} claims bytes ${start} to ${end} of ${size}.`);
  const count = (shape as number[]).reduce((a, b) => a * b, 1);
  if (!Number.isSafeInteger(count) || count * arrays[dtype as FileType].BYTES_PER_ELEMENT !== end - start)
    return refuse(
      "tensor-size",
      `The array ${name} of shape [${shape.join(", ")}] does not fill its ${end - start} bytes.`,
    );
  return { name, dtype: dtype as FileType, shape: shape as number[], start, end };
}

/** Whether a JSON object literal names a top-level key twice, which JSON.parse would hide. */
function repeatsKey(text: string, keys: number): boolean {
  let [depth, count, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === "\\") i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === "{" || c === "[") depth++;
    else if (c === "}" || c === "]") depth--;
    else if (c === ":" && depth === 1) count++;
  }
  return count !== keys;
}

/**
 * Reads arrays and metadata. Arrays are views of the bytes, copies where those lie askew: no memory beyond the file's size.
 * @throws {FormatError} where the bytes are not what the header claims
 */
export function decodeSafetensors(bytes: Uint8Array): {
  readonly tensors: Map<string, FileTensor>;
  readonly metadata: Readonly<Record<string, string>>;
} {
  if (bytes.length < 8) return refuse("truncated", `A model file has 8 bytes at least, this one has ${bytes.length}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true);
  if (length > MAX_HEADER || 8 + length > bytes.length)
    return refuse(
      "header-length",
      `The header claims ${length} bytes, the file has ${bytes.length}.`,
      "It is truncated, or no safetensors file.",
    );
  const text = decodeUtf8(bytes.subarray(8, 8 + length));
  if (text === undefined) return refuse("header-text", "The header is no UTF-8 text.");
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    return refuse("header-json", "The header is no JSON.", undefined, cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    return refuse("header-json", "The header is no JSON object.");
  const items = Object.entries(header);
  if (repeatsKey(text, items.length)) return refuse("repeated-name", "The header names an array twice.");
  const base = 8 + length;
  const size = bytes.length - base;
  const entries = items
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => readEntry(name, value, size));
  let at = 0;
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at)
      return refuse(
        "tensor-offsets",
        `The array ${name} ${start < at ? "overlaps the one before" : "leaves a gap before it"}.`,
      );
    at = end;
  }
  if (at !== size) return refuse("trailing-bytes", `${size - at} bytes at the end belong to no array.`);
  const given = Object.hasOwn(header, "__metadata__") ? (header as Record<string, unknown>)["__metadata__"] : {};
  if (typeof given !== "object" || given === null || !Object.values(given).every((v) => typeof v === "string"))
    return refuse("metadata", "The metadata are no texts by name.");
  const tensors = new Map<string, FileTensor>();
  for (const { name, dtype, shape, start, end } of entries) {
    // A view where the bytes lie at a multiple of the element's size, as in the files that are written here.
    const width = arrays[dtype].BYTES_PER_ELEMENT;
    const at = bytes.byteOffset + base + start;
    // Node's Buffer overrides slice to share memory, so a copy is not made by slice.
    const [buffer, from] =
      at % width === 0 ? [bytes.buffer, at] : [new Uint8Array(bytes.subarray(base + start, base + end)).buffer, 0];
    tensors.set(name, {
      name,
      dtype,
      shape,
      data: new arrays[dtype](buffer as ArrayBuffer, from, (end - start) / width),
    });
  }
  return { tensors, metadata: given as Record<string, string> };
}
