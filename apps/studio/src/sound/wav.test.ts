import { OptionError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { encodeWav, wavBlob } from "./wav.ts";

const text = (bytes: Uint8Array, from: number, length: number) =>
  String.fromCharCode(...bytes.subarray(from, from + length));

/** The chunks of a file by name. */
function chunks(file: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(file.buffer);
  const found = new Map<string, Uint8Array>();
  for (let at = 12; at < file.length; ) {
    const size = view.getUint32(at + 4, true);
    found.set(text(file, at, 4), file.subarray(at + 8, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  return found;
}

describe("encodeWav", () => {
  test("interleaves channels as 16 bits and holds what is out of range", () => {
    const left = Float32Array.of(0, 1, -1, 2, Number.NaN);
    const file = encodeWav([left, Float32Array.of(0.5, -0.5, 0, -7, 0)], 44100);
    expect(text(file, 0, 4) + text(file, 8, 4)).toBe("RIFFWAVE");
    expect(new DataView(file.buffer).getUint32(4, true)).toBe(file.length - 8);
    const format = chunks(file).get("fmt ")!;
    const view = new DataView(format.buffer, format.byteOffset);
    expect(view.getUint16(0, true)).toBe(1);
    expect(view.getUint16(2, true)).toBe(2);
    expect(view.getUint32(4, true)).toBe(44100);
    expect(view.getUint32(8, true)).toBe(176400);
    expect([view.getUint16(12, true), view.getUint16(14, true)]).toEqual([4, 16]);
    const data = chunks(file).get("data")!;
    const samples = new DataView(data.buffer, data.byteOffset);
    expect(Array.from({ length: 10 }, (_, i) => samples.getInt16(2 * i, true))).toEqual([
      0, 16384, 32767, -16383, -32767, 0, 32767, -32767, 0, 0,
    ]);
  });

  test("carries a title in UTF-8, chunks even", () => {
    for (const title of ["The Kesh", "Tá an Lá", "x"]) {
      const file = encodeWav([new Float32Array(3)], 48000, { title });
      expect(file.length % 2).toBe(0);
      const list = chunks(file).get("LIST")!;
      expect(text(list, 0, 8)).toBe("INFOINAM");
      const size = new DataView(list.buffer, list.byteOffset).getUint32(8, true);
      expect(new TextDecoder().decode(list.subarray(12, 12 + size - 1))).toBe(title);
      expect(list[12 + size - 1]).toBe(0);
      expect(chunks(file).get("data")).toHaveLength(6);
    }
    expect(chunks(encodeWav([new Float32Array(3)], 48000, { title: "" })).has("LIST")).toBe(false);
  });

  test("wants channels of one length", () => {
    expect(() => encodeWav([], 44100)).toThrow(OptionError);
    expect(() => encodeWav([new Float32Array(2), new Float32Array(3)], 44100)).toThrow(/one length/);
    expect(encodeWav([new Float32Array(0)], 44100)).toHaveLength(44);
  });
});

test("wavBlob is the same file, however long", async () => {
  const left = new Float32Array(150_001).map((_, i) => Math.sin(i / 20));
  const right = left.map((v) => -v / 3);
  const blob = await wavBlob([left, right], 44100, { title: "The Kesh" });
  expect(blob.type).toBe("audio/wav");
  const bytes = new Uint8Array(await blob.arrayBuffer());
  expect(Buffer.compare(bytes, encodeWav([left, right], 44100, { title: "The Kesh" }))).toBe(0);
  await expect(wavBlob([], 44100)).rejects.toThrow(OptionError);
});
