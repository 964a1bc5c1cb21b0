/**
 * NumPy's array files.
 *
 * @module
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { FormatError } from "@normflow/core";

/** A numeric array of two axes, row by row. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

type Reader = (view: DataView, at: number, little: boolean) => number;

const READERS: Readonly<Record<string, readonly [size: number, read: Reader]>> = {
  f8: [8, (v, at, le) => v.getFloat64(at, le)],
  f4: [4, (v, at, le) => v.getFloat32(at, le)],
  i8: [8, (v, at, le) => Number(v.getBigInt64(at, le))],
  i4: [4, (v, at, le) => v.getInt32(at, le)],
  i2: [2, (v, at, le) => v.getInt16(at, le)],
  i1: [1, (v, at) => v.getInt8(at)],
  u8: [8, (v, at, le) => Number(v.getBigUint64(at, le))],
  u4: [4, (v, at, le) => v.getUint32(at, le)],
  u2: [2, (v, at, le) => v.getUint16(at, le)],
  u1: [1, (v, at) => v.getUint8(at)],
  b1: [1, (v, at) => v.getUint8(at)],
};

const MAX_HEADER = 65536;

const refuse = (message: string): never => {
  throw new FormatError("npy", message, { hint: "Save a plain numeric array with numpy.save." });
};

/** What the header of an array file says. */
export interface NpyHeader {
  readonly type: string;
  readonly little: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the values start. */
  readonly start: number;
}

/** Reads the header of an array file, not its values. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== "\x93NUMPY")
    return refuse("It is no NumPy array file.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = bytes[6]! >= 2 ? 12 : 10;
  const length = from === 12 ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > MAX_HEADER || from + length > bytes.length) return refuse("Its header is longer than the file.");
  const header = String.fromCharCode(...bytes.subarray(from, from + length));
  const descr = /'descr':\s*'([<>|=])?([a-zA-Z])(\d+)'/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(header);
  if (!descr || !order || !shape) return refuse("Its elements are no plain numbers.");
  const type = `${descr[2]}${descr[3]}`;
  if (!Object.hasOwn(READERS, type)) return refuse(`Its elements are of type ${type}, which are no plain numbers.`);
  const sizes = shape[1]!.split(",").filter((s) => s.trim() !== "");
  return {
    type,
    little: descr[1] !== ">",
    fortran: order[1] === "True",
    shape: sizes.map(Number),
    start: from + length,
  };
}

/**
 * Reads a one- or two-dimensional array; one axis becomes one column.
 * @throws {FormatError} `npy` where the bytes are not such an array
 */
export function readNpy(bytes: Uint8Array): Matrix {
  const { type, little, fortran, shape, start } = readNpyHeader(bytes);
  if (shape.length < 1 || shape.length > 2) return refuse(`It has ${shape.length} axes; a table has two.`);
  const [rows, columns = 1] = shape as [number, number?];
  const [size, read] = READERS[type]!;
  if (!Number.isSafeInteger(rows * columns) || rows * columns * size !== bytes.length - start)
    return refuse(`Its shape ${rows} × ${columns} does not fit its ${bytes.length - start} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < data.length; i++) {
    const to = fortran ? (i % rows) * columns + Math.floor(i / rows) : i;
    data[to] = read(view, i * size, little);
  }
  return { data, rows, columns };
}
