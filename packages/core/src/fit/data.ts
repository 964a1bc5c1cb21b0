/**
 * Arrays from callers: nested lists, typed arrays, arrays with a shape.
 *
 * @module
 */
import { type FloatArray, type HostArray, hostArray } from "../backend.ts";
import { ShapeError } from "../error.ts";
import { shapeText } from "../graph/size.ts";

/** Numbers as callers have them. */
export type Numbers = HostArray | FloatArray | NestedNumbers;
/** A list of numbers, or of lists. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

const isHostArray = (value: object): value is HostArray => "data" in value && "shape" in value;

function shapeOfNested(value: unknown): number[] {
  if (typeof value === "number") return [];
  if (ArrayBuffer.isView(value)) return [(value as FloatArray).length];
  if (Array.isArray(value)) return [value.length, ...(value.length > 0 ? shapeOfNested(value[0]) : [])];
  throw new ShapeError("numbers", `Expected numbers, found ${value === null ? "null" : typeof value}.`, {
    hint: "Pass nested lists of numbers, a Float32Array or Float64Array, or { data, shape }.",
  });
}

function fill(value: unknown, shape: readonly number[], out: Float64Array, at: number): number {
  if (shape.length === 0) {
    if (typeof value !== "number")
      throw new ShapeError("numbers", "A nested list mixes numbers and lists.", {
        hint: "Pass nested lists of numbers, a Float32Array or Float64Array, or { data, shape }.",
      });
    out[at] = value;
    return at + 1;
  }
  const list = value as ArrayLike<unknown>;
  if (typeof value !== "object" || value === null || list.length !== shape[0])
    throw new ShapeError(
      "ragged",
      `A nested list is ragged: an entry has length ${(list as ArrayLike<unknown> | null)?.length ?? "none"} where ${shape[0]} is expected.`,
      { hint: "Every row has the same length: fill gaps, or leave such rows out." },
    );
  let next = at;
  for (let i = 0; i < list.length; i++) next = fill(list[i], shape.slice(1), out, next);
  return next;
}

/**
 * An array of shape […batch, …event] from numbers; flat typed arrays are cut into events.
 * @throws {ShapeError} where the last axes are not the event
 */
export function toHostArray(numbers: Numbers, event: readonly number[], what = "x"): HostArray {
  const size = event.reduce((a, b) => a * b, 1);
  if (
    typeof numbers !== "object" ||
    numbers === null ||
    numbers instanceof BigInt64Array ||
    numbers instanceof BigUint64Array
  )
    throw new ShapeError("numbers", `${what} is no array of numbers.`, {
      hint: "Pass nested lists, a Float32Array or Float64Array, or { data, shape }.",
    });
  if (ArrayBuffer.isView(numbers)) {
    const data = numbers as FloatArray;
    if (data.length % size !== 0)
      throw new ShapeError(
        "event-shape",
        `${what} has ${data.length} numbers, which are no whole number of events ${shapeText(event)}.`,
        { hint: "Pass whole events, one after another." },
      );
    return hostArray(data, [data.length / size, ...event]);
  }
  let array: HostArray;
  if (isHostArray(numbers)) array = numbers;
  else {
    const shape = shapeOfNested(numbers);
    const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
    fill(numbers, shape, data, 0);
    array = hostArray(data, shape);
  }
  const { shape } = array;
  const tail = shape.slice(shape.length - event.length);
  // A list of numbers is a batch of scalars' events: [[…]] and […] both suit an event of one entry.
  if (shape.length === 1 && event.length === 1 && event[0] === 1 && shape[0] !== 1)
    return hostArray(array.data, [...shape, 1]);
  if (shape.length < event.length || tail.some((d, i) => d !== event[i]))
    throw new ShapeError(
      "event-shape",
      `${what} has shape ${shapeText(shape)}, whose last axes are not the event ${shapeText(event)}.`,
      {
        hint: `Pass an array of shape […batch, ${event.join(", ")}].`,
      },
    );
  return array;
}

/** Chosen rows of an array, as one array. */
export function takeRows({ data, shape }: HostArray, rows: ArrayLike<number>): HostArray {
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  const out = new (data.constructor as Float32ArrayConstructor)(rows.length * width) as FloatArray;
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * width;
    for (let k = 0; k < width; k++) out[i * width + k] = data[from + k]!;
  }
  return hostArray(out, [rows.length, ...shape.slice(1)]);
}

/** Rows from … to of an array, without copying. */
export function rowRange({ data, shape }: HostArray, from: number, to: number): HostArray {
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  return hostArray(data.subarray(from * width, to * width), [to - from, ...shape.slice(1)]);
}

/** Each row n times over. */
export function repeatRows(array: HostArray, n: number): HostArray {
  const width = array.data.length / array.shape[0]!;
  const out = new Float64Array(array.data.length * n);
  for (let row = 0; row < array.shape[0]!; row++)
    for (let i = 0; i < n; i++) out.set(array.data.subarray(row * width, (row + 1) * width), (row * n + i) * width);
  return hostArray(out, [array.shape[0]! * n, ...array.shape.slice(1)]);
}

/** Contexts laid over a batch: one for all, one a row, or one for each entry of the batch's first axis. */
export function contextRows(context: HostArray, batch: readonly number[]): HostArray {
  const count = batch.reduce((p, d) => p * d, 1);
  const given = context.shape[0]!;
  if (given === count) return context;
  if (given === 1 || given === batch[0]) return repeatRows(context, count / given);
  throw new ShapeError("context-batch", `${given} contexts do not fit a batch of ${shapeText(batch)}.`, {
    hint: "Give one context, one for each event, or one for each entry of the first axis.",
  });
}

/** Arrays one after another along the first axis. */
export function concatRows(parts: readonly HostArray[]): HostArray {
  const [first] = parts as readonly [HostArray];
  const rows = parts.reduce((n, p) => n + p.shape[0]!, 0);
  const data = new (first.data.constructor as Float32ArrayConstructor)(
    parts.reduce((n, p) => n + p.data.length, 0),
  ) as FloatArray;
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return hostArray(data, [rows, ...first.shape.slice(1)]);
}
