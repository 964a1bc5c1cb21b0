import { describe, expect, it } from "vitest";
import { key } from "../random/index.ts";
import { randomWindows, rowSource, windowRows } from "./rows.ts";

const sequence = Float32Array.from({ length: 1000 }, (_, i) => i);
const all = (n: number) => Uint32Array.from({ length: n }, (_, i) => i);

describe("randomWindows", () => {
  it("covers the sequence once a pass, from an offset of the pass", () => {
    const source = randomWindows(sequence, 64);
    expect(source.count).toBe(14);
    const starts = new Set<number>();
    for (let pass = 0; pass < 200; pass++) {
      const { data, shape } = source.take(all(source.count), key(pass)).x;
      expect(shape).toEqual([14, 64]);
      expect(Array.from(data, (v, i) => v - i).every((v) => v === data[0])).toBe(true);
      expect(data.at(-1)).toBeLessThan(1000);
      starts.add(data[0]!);
    }
    expect(Math.max(...starts)).toBe(63);
    expect(starts.size).toBeGreaterThan(50);
  });

  it("gives the same rows for the same key", () => {
    const source = randomWindows(sequence, 7);
    const some = Uint32Array.of(3, 0, 90);
    expect(source.take(some, key(4))).toEqual(source.take(some, key(4)));
    expect(source.take(some, key(4))).not.toEqual(source.take(some, key(5)));
  });

  it("has one window where the sequence is hardly longer, and none where it is shorter", () => {
    const source = randomWindows(sequence.subarray(0, 66), 64);
    expect(source.count).toBe(1);
    const starts = Array.from({ length: 50 }, (_, pass) => source.take(all(1), key(pass)).x.data[0]!);
    expect([...new Set(starts)].sort()).toEqual([0, 1, 2]);
    expect(() => randomWindows(sequence.subarray(0, 5), 64)).toThrow("no window of 64 in a sequence of 5");
    expect(() => randomWindows(sequence, 0)).toThrow(expect.objectContaining({ code: "sequence-length" }));
  });
});

it("takes rows of arrays in every pass alike", () => {
  const source = rowSource({ x: windowRows(sequence, 2, [10, 20, 30]) });
  expect(Array.from(source.take(Uint32Array.of(2, 0), key(1)).x.data)).toEqual([30, 31, 10, 11]);
});
