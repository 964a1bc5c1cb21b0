import { describe, expect, it } from "vitest";
import { FormatError } from "../error.ts";
import { bits, key } from "../random/index.ts";
import { decodeModelFile, encodeModelFile } from "./model-file.ts";
import { decodeSafetensors, encodeSafetensors, type FileTensor } from "./safetensors.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const tensors: FileTensor[] = [
  { name: "b", dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, -0) },
  { name: "a", dtype: "F64", shape: [], data: Float64Array.of(Math.PI) },
  { name: "ü", dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) },
  { name: "empty", dtype: "I32", shape: [0, 4], data: new Int32Array(0) },
];
const bytes = encodeSafetensors(tensors, { note: "größe ♫" });

/** A file with a header of one's own. */
const file = (header: unknown, body: ArrayLike<number> = []): Uint8Array => {
  const text = encodeUtf8(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + body.length);
  new DataView(out.buffer).setUint32(0, text.length, true);
  out.set(text, 8);
  out.set(body, 8 + text.length);
  return out;
};

describe("safetensors", () => {
  it("gives back what was written, in bytes that depend on the content only", () => {
    const { tensors: read, metadata } = decodeSafetensors(bytes);
    for (const t of tensors) expect(read.get(t.name)).toEqual(t);
    expect(metadata).toEqual({ note: "größe ♫" });
    expect(encodeSafetensors([...tensors].reverse(), { note: "größe ♫" })).toEqual(bytes);
  });

  it("reads from the middle of a buffer", () => {
    const wide = new Uint8Array(bytes.length + 3);
    wide.set(bytes, 3);
    expect(decodeSafetensors(wide.subarray(3)).tensors.get("a")!.data[0]).toBe(Math.PI);
    const buffer = Buffer.concat([Buffer.alloc(3), bytes]);
    expect(decodeSafetensors(buffer.subarray(3)).tensors.get("b")).toEqual(tensors[0]);
  });

  it.each([
    ["nothing", new Uint8Array(0), "truncated"],
    ["text", encodeUtf8("this is no model file at all"), "header-length"],
    ["a header of 2 GB", Uint8Array.of(0, 0, 0, 0x80, 0, 0, 0, 0, 1, 2), "header-length"],
    ["no JSON", file("{"), "header-json"],
    ["a list", file([]), "header-json"],
    ["no UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), "header-text"],
    ["an unknown type", file({ a: { dtype: "BF16", shape: [1], data_offsets: [0, 2] } }, [0, 0]), "tensor-type"],
    [
      "an inherited type",
      file({ a: { dtype: "constructor", shape: [1], data_offsets: [0, 2] } }, [0, 0]),
      "tensor-type",
    ],
    ["a negative size", file({ a: { dtype: "F32", shape: [-1], data_offsets: [0, 4] } }, [0, 0, 0, 0]), "tensor-shape"],
    [
      "sizes that overflow",
      file({ a: { dtype: "F32", shape: [2 ** 52, 2 ** 52], data_offsets: [0, 4] } }, [0, 0, 0, 0]),
      "tensor-size",
    ],
    ["offsets beyond the end", file({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }), "tensor-offsets"],
    [
      "overlapping arrays",
      file(
        { a: { dtype: "U8", shape: [2], data_offsets: [0, 2] }, b: { dtype: "U8", shape: [2], data_offsets: [1, 3] } },
        [0, 0, 0],
      ),
      "tensor-offsets",
    ],
    ["a gap", file({ a: { dtype: "U8", shape: [1], data_offsets: [1, 2] } }, [0, 0]), "tensor-offsets"],
    ["bytes of no array", file({}, [0, 0]), "trailing-bytes"],
    [
      "a name given twice",
      file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        [0],
      ),
      "repeated-name",
    ],
    ["metadata that are no text", file({ __metadata__: { a: 1 } }), "metadata"],
  ])("refuses %s", (_, given, code) => {
    expect(() => decodeSafetensors(given)).toThrow(expect.objectContaining({ code }));
  });

  it("answers 100,000 damaged files with data or a FormatError", () => {
    const n = 100_000;
    const draws = bits(key(1), 4 * n);
    let read = 0;
    for (let i = 0; i < n; i++) {
      const [what, where, value, more] = draws.subarray(4 * i, 4 * i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const mutated = what % 4 === 0 ? bytes.slice(0, where % bytes.length) : bytes.slice();
      for (let k = 0; k < 1 + (more % 3) && mutated.length > 0; k++)
        mutated[(where + k * 7) % mutated.length] = value >>> (8 * k);
      try {
        decodeSafetensors(mutated);
        read++;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
    expect(read).toBeGreaterThan(0);
  });
});

describe("UTF-8", () => {
  it("round-trips texts longer than a chunk", () => {
    const text = "aé♫😀%25 ".repeat(5000);
    expect(decodeUtf8(encodeUtf8(text))).toBe(text);
    expect(decodeUtf8(new TextEncoder().encode(text))).toBe(text);
    expect(decodeUtf8(Uint8Array.of(0xc3))).toBeUndefined();
  });
});

describe("a model file", () => {
  const document = { format: 1, flow: { kind: "flow", options: {} }, facts: { a: 1 } };

  it("holds a document and arrays", () => {
    const read = decodeModelFile(encodeModelFile({ document, tensors }));
    expect(read.document).toEqual(document);
    expect(read.tensors.size).toBe(4);
  });

  it.each([
    ["weights without a description", encodeSafetensors(tensors, {}), "not-a-model"],
    ["a description that is no JSON", encodeSafetensors([], { normflow: "{" }), "description-json"],
    ["a newer format", encodeModelFile({ document: { ...document, format: 2 }, tensors: [] }), "newer-format"],
    ["no format", encodeSafetensors([], { normflow: "{}" }), "description"],
    ["null", encodeSafetensors([], { normflow: "null" }), "description"],
    [
      "NaN weights",
      encodeModelFile({
        document,
        tensors: [{ name: "w", dtype: "F32", shape: [1], data: Float32Array.of(Number.NaN) }],
      }),
      "non-finite-weights",
    ],
  ])("refuses %s", (_, given, code) => {
    expect(() => decodeModelFile(given)).toThrow(expect.objectContaining({ code }));
  });
});
