import { mkdirSync, writeFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { scratch } from "../testing/flowctl.ts";
import { readIdxImages, readIdxLabels } from "./idx.ts";
import { holdsImages, readImages } from "./image-files.ts";
import { pngGrid, readPng } from "./png.ts";

const at = scratch();

/** An IDX file of unsigned bytes. */
function idx(sizes: readonly number[], data: ArrayLike<number>, type = 8): Buffer {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.set([0, 0, type, sizes.length]);
  sizes.forEach((s, i) => void head.writeUInt32BE(s, 4 + 4 * i));
  return Buffer.concat([head, Buffer.from(Array.from(data))]);
}

describe("IDX files", () => {
  const bytes = idx([2, 2, 3], [...Array(12).keys()]);

  it("are read plain and compressed", () => {
    for (const file of [bytes, gzipSync(bytes)]) {
      const { data, count, shape } = readIdxImages(file);
      expect([count, shape, Array.from(data)]).toEqual([2, [1, 2, 3], [...Array(12).keys()]]);
    }
    expect(readIdxLabels(idx([3], [7, 0, 9]))).toEqual([7, 0, 9]);
  });

  it("that are cut, claim too much or are something else are refused", () => {
    const huge = idx([0xffffffff, 0xffffffff, 0xffffffff], []);
    for (const [file, sentence] of [
      [bytes.subarray(0, bytes.length - 1), "claims 2 × 2 × 3 entries and holds 11"],
      [bytes.subarray(0, 9), "ends within its header"],
      [bytes.subarray(0, 3), "no IDX file"],
      [Buffer.from("GIF89a..."), "no IDX file"],
      [idx([2, 2, 3], Array(12).fill(0), 13), "no unsigned bytes"],
      [idx([12], Array(12).fill(0)), "1 axes where 3 are wanted"],
      [huge, "claims 4294967295"],
      [idx([0, 28, 0], []), "0 channels".replace("0 channels", "1 channels")],
      [gzipSync(bytes).subarray(0, 20), "cannot be unpacked"],
    ] as const)
      expect(() => readIdxImages(file), sentence).toThrow(sentence);
  });

  it("that unpack to more than fits are refused before they do", () => {
    // 600 MiB of zeros in some kilobytes: ten compressed parts after each other are one file to gzip.
    const part = gzipSync(Buffer.alloc(60 * 2 ** 20), { level: 1 });
    expect(() => readIdxImages(Buffer.concat(Array(10).fill(part)))).toThrow("cannot be unpacked");
  });
});

describe("PNG files", () => {
  const grey = encode({ width: 3, height: 2, channels: 1, depth: 8, data: Uint8Array.of(0, 50, 100, 150, 200, 255) });

  it("are read in grey, in colour, with transparency and with 16 bits", () => {
    expect(readPng(grey)).toEqual({ data: Uint8Array.of(0, 50, 100, 150, 200, 255), shape: [1, 2, 3] });
    const rgba = encode({ width: 2, height: 1, channels: 4, depth: 8, data: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 0) });
    expect(readPng(rgba)).toEqual({ data: Uint8Array.of(1, 4, 2, 5, 3, 6), shape: [3, 1, 2] });
    const deep = encode({ width: 1, height: 1, channels: 1, depth: 16, data: Uint16Array.of(0x1234) });
    expect(Array.from(readPng(deep).data)).toEqual([0x12]);
  });

  it("that are cut, damaged or claim too much are refused", () => {
    expect(() => readPng(Uint8Array.of(1, 2, 3))).toThrow("no PNG file");
    for (const length of [20, 40, grey.length - 20]) expect(() => readPng(grey.subarray(0, length))).toThrow();
    const huge = Uint8Array.from(grey);
    new DataView(huge.buffer).setUint32(16, 0x7fffffff);
    expect(() => readPng(huge)).toThrow("2 × 2147483647");
  });

  it("whose picture unpacks to more than its header says are refused", () => {
    const bomb = deflateSync(Buffer.alloc(64 * 2 ** 20));
    const before = grey.subarray(0, 33);
    const chunk = Buffer.alloc(12 + bomb.length);
    chunk.writeUInt32BE(bomb.length, 0);
    chunk.write("IDAT", 4, "latin1");
    chunk.set(bomb, 8);
    expect(() => readPng(Buffer.concat([before, chunk]))).toThrow("unpacks to more than its header says");
  });

  it("hold grids of pictures, clipped to what can be shown", () => {
    const read = readPng(pngGrid([0, 16, -5, 99], [1, 1, 2], 2, 17));
    expect([read.shape, Array.from(read.data)]).toEqual([
      [1, 1, 5],
      [0, 255, 128, 0, 255],
    ]);
  });
});

describe("images", () => {
  it("are found by name, by shape and in folders", () => {
    mkdirSync(at("folder"));
    writeFileSync(
      at("folder", "a.png"),
      encode({ width: 1, height: 1, channels: 1, depth: 8, data: Uint8Array.of(9) }),
    );
    writeFileSync(
      at("folder", "b.png"),
      encode({ width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.of(1, 2) }),
    );
    writeFileSync(at("folder", "c.png"), "no picture");
    const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1, 2, 3), }";
    const npy = Buffer.concat([
      Buffer.from("\x93NUMPY\x01\x00", "latin1"),
      Buffer.from([header.length, 0]),
      Buffer.from(header),
      Buffer.from([...Array(12).keys()]),
    ]);
    writeFileSync(at("x.npy"), npy);
    expect([holdsImages(at("folder"), true), holdsImages(at("x.npy"), false), holdsImages(at("t.csv"), false)]).toEqual(
      [true, true, false],
    );
    const array = readImages(at("x.npy"), false).images;
    expect([array.count, array.shape, Array.from(array.data)]).toEqual([
      2,
      [3, 1, 2],
      [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11],
    ]);
    const { images, problems } = readImages(at("folder"), true);
    expect([images.count, problems.map((p) => p.file).sort()]).toEqual([1, ["b.png", "c.png"]]);
    writeFileSync(at("cut.npy"), npy.subarray(0, npy.length - 1));
    expect(() => readImages(at("cut.npy"), false)).toThrow("does not fit its 11 bytes");
  });

  it("take labels from the file beside them", () => {
    writeFileSync(at("t-images-idx3-ubyte"), idx([2, 1, 1], [5, 6]));
    expect(readImages(at("t-images-idx3-ubyte"), false).images.labels).toBeUndefined();
    writeFileSync(at("t-labels-idx1-ubyte"), idx([2], [1, 0]));
    expect(readImages(at("t-images-idx3-ubyte"), false).images.labels).toEqual([1, 0]);
    writeFileSync(at("t-labels-idx1-ubyte"), idx([3], [1, 0, 2]));
    expect(() => readImages(at("t-images-idx3-ubyte"), false)).toThrow("2 images and 3 labels");
  });
});
