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
  throw new ShapeError("numbers", `Expected numbers, found ${value === null ? "null" : typeof value}.`);
}

function fill(value: unknown, shape: readonly number[], out: Float64Array, at: number): number {
  if (shape.length === 0) {
    if (typeof value !== "number") throw new ShapeError("numbers", "A nested list mixes numbers and lists.");
    out[at] = value;
    return at + 1;
  }
  const list = value as ArrayLike<unknown>;
  if (typeof value !== "object" || value === null || list.length !== shape[0])
    throw new ShapeError(
      "ragged",
      `A nested list is ragged: an entry has length ${(list as ArrayLike<unknown> | null)?.length ?? "none"} where ${shape[0]} is expected.`,
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
  if (ArrayBuffer.isView(numbers)) {
    const data = numbers as FloatArray;
    if (data.length % size !== 0)
      throw new ShapeError(
        "event-shape",
        `${what} has ${data.length} numbers, which are no whole number of events ${shapeText(event)}.`,
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
