/**
 * Rows to learn from: arrays, or what makes rows of something longer.
 *
 * @module
 */
import { type FloatArray, type HostArray, hostArray } from "../backend.ts";
import { OptionError } from "../error.ts";
import { type Key, randint } from "../random/index.ts";
import { takeRows } from "./data.ts";

/** Rows to learn from: events and, for a conditional flow, their contexts. */
export interface Rows {
  readonly x: HostArray;
  readonly context?: HostArray | undefined;
}

/** Gives the rows of each pass over the data, which need not be the same in every pass. */
export interface RowSource {
  /** Rows in a pass. */
  readonly count: number;
  /** Some rows of a pass, which the key stands for: the same key gives the same rows. */
  take(rows: Uint32Array, pass: Key): Rows;
}

const isSource = (rows: Rows | RowSource): rows is RowSource => "take" in rows;

/** Rows as a source that gives them in every pass. */
export function rowSource(rows: Rows | RowSource): RowSource {
  if (isSource(rows)) return rows;
  const { x, context } = rows;
  return {
    count: x.shape[0]!,
    take: (chosen) => ({ x: takeRows(x, chosen), context: context && takeRows(context, chosen) }),
  };
}

/** Windows of a sequence that start at given places, as rows [n, length]. */
export function windowRows(sequence: FloatArray, length: number, starts: ArrayLike<number>): HostArray {
  const out = new Float32Array(starts.length * length);
  for (let i = 0; i < starts.length; i++) out.set(sequence.subarray(starts[i]!, starts[i]! + length), i * length);
  return hostArray(out, [starts.length, length]);
}

/**
 * Windows of a long sequence, one after another from an offset that each pass draws anew: every place of the sequence
 * comes to stand at every place of a window.
 *
 * @param sequence tokens, or other numbers in order
 * @param length entries of a window, the flow's event `[length]`
 * @throws {OptionError} `sequence-length` where the sequence is shorter than a window
 * @example
 * const tokens = Float32Array.from("to be or not to be that is the question", (c) => c.charCodeAt(0) % 32);
 * const flow = subsetFlow({ features: 8, categories: 32, width: 16, blocks: 1 });
 * const model = await fit(flow, randomWindows(tokens, 8), { backend, steps: 20, batch: 4 });
 */
export function randomWindows(sequence: FloatArray, length: number): RowSource {
  if (!Number.isInteger(length) || length < 1 || sequence.length < length)
    throw new OptionError("sequence-length", `There is no window of ${length} in a sequence of ${sequence.length}.`, {
      hint: "Choose shorter windows, a whole number of entries.",
    });
  // As many as fit at the largest offset, so that all passes have the same number; a short sequence has one window.
  const count = Math.max(1, Math.floor((sequence.length - length + 1) / length));
  const offsets = Math.min(length, sequence.length - count * length + 1);
  return {
    count,
    take(rows, pass) {
      const offset = randint(pass, 1, 0, offsets)[0]!;
      return {
        x: windowRows(
          sequence,
          length,
          Array.from(rows, (row) => offset + row * length),
        ),
      };
    },
  };
}
