import { truncateSync, writeFileSync } from "node:fs";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { scratch } from "../testing/flowctl.ts";
import { measureColumns } from "./measure.ts";
import { prepareTable } from "./prepare.ts";
import { columnsOf, readTable } from "./table.ts";

const at = scratch();

/** A NumPy file, format 1.0. */
function npy(descr: string, shape: readonly number[], content: Uint8Array, fortran = false): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const header = `${text.padEnd(117)}\n`;
  const bytes = new Uint8Array(10 + header.length + content.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(content, 10 + header.length);
  return bytes;
}
const floats = new Uint8Array(Float64Array.of(1, 2, 3, 4, 5, 6).buffer);

async function read(name: string, content: string | Uint8Array) {
  writeFileSync(at(name), content);
  const { data, rows, columns, names } = await readTable(at(name));
  return { data: [...data], rows, columns, names };
}
const refused = (name: string, content: string | Uint8Array) => expect(read(name, content)).rejects;

describe("a .csv", () => {
  it("is read with or without a header, whatever separates its cells", async () => {
    const plain = { data: [1, 2, 3, -4.5], rows: 2, columns: 2, names: ["x0", "x1"] };
    expect(await read("a.csv", "1,2\n3,-4.5\n")).toEqual(plain);
    expect(await read("b.csv", "\ufeff1;2\r\n\r\n3;-4.5")).toEqual(plain);
    expect(await read("c.tsv", "a b\tc\n 1\t2e0\n3 \t-4.5\n")).toEqual({ ...plain, names: ["a b", "c"] });
    expect(await read("d.csv", '"x, y",z\n"1",2\n3,"-4.5"\n')).toEqual({ ...plain, names: ["x, y", "z"] });
  });

  it("with text, gaps, infinities or ragged lines is refused by column or line", async () => {
    await refused("text.csv", "a,b,c\n1,red,2\n2,blue,3\n").toThrow('These columns hold text: b ("red").');
    await refused("gap.csv", "a,b\n1,\nNA,2\n3,?\n").toThrow("Values are missing in b (2 rows), a (1 rows).");
    await refused("inf.csv", "a,b\n1,Infinity\n").toThrow("b");
    await refused("ragged.csv", "a,b\n1,2\n3\n").toThrow("Line 3 has 1 values where 2 are expected.");
    await refused("quote.csv", 'a,b\n"1,2\n').toThrow("It is no table");
    await refused("empty.csv", "").toThrow("The table has no rows.");
    await refused("header.csv", "a,b\n").toThrow("The table has no rows.");
    await refused(
      "binary.csv",
      Uint8Array.from({ length: 999 }, (_, i) => (i * 7919) & 255),
    ).toThrow();
  });

  it("of one endless line is refused without reading it whole", async () => {
    writeFileSync(at("long.csv"), "");
    truncateSync(at("long.csv"), 64 * 2 ** 20);
    await expect(readTable(at("long.csv"))).rejects.toThrow("It is no table");
  });
});

describe("a .npy", () => {
  const table = { data: [1, 2, 3, 4, 5, 6], rows: 3, columns: 2, names: ["x0", "x1"] };
  it("is read in either order, of every plain type", async () => {
    expect(await read("a.npy", npy("<f8", [3, 2], floats))).toEqual(table);
    expect((await read("f.npy", npy("<f8", [3, 2], floats, true))).data).toEqual([1, 4, 2, 5, 3, 6]);
    expect(await read("i.npy", npy("|u1", [3, 2], Uint8Array.of(1, 2, 3, 4, 5, 6)))).toEqual(table);
    expect((await read("b.npy", npy(">i2", [3], Uint8Array.of(0, 1, 255, 255, 1, 0)))).data).toEqual([1, -1, 256]);
  });

  it("that lies about its size, or holds objects, is refused", async () => {
    await refused("more.npy", npy("<f8", [4, 2], floats)).toThrow("does not fit its 48 bytes");
    await refused("big.npy", npy("<f8", [2 ** 40, 2 ** 40], floats)).toThrow("does not fit");
    await refused("o.npy", npy("|O8", [3, 2], floats)).toThrow("type O8");
    await refused("three.npy", npy("<f8", [1, 3, 2], floats)).toThrow("It has 3 axes");
    await refused("cut.npy", npy("<f8", [3, 2], floats).subarray(0, 40)).toThrow("longer than the file");
    await refused("no.npy", "not an array").toThrow("no NumPy array");
  });
});

describe("a .npz", () => {
  it("gives the array named X, or its only table", async () => {
    const [y, x] = [npy("|u1", [3], Uint8Array.of(0, 1, 0)), npy("<f8", [3, 2], floats)];
    expect((await read("x.npz", zipSync({ "y.npy": y, "X.npy": x }))).columns).toBe(2);
    expect((await read("o.npz", zipSync({ "labels.npy": y, "values.npy": x }))).columns).toBe(2);
    await refused("two.npz", zipSync({ "a.npy": x, "b.npy": x })).toThrow("holds a, b; which is the table");
    await refused("none.npz", zipSync({})).toThrow("no arrays");
    await refused("not.npz", "PK").toThrow("no archive");
  });
});

describe("prepareTable", () => {
  const rows = 100;
  const data = Float64Array.from({ length: 3 * rows }, (_, i) => (i % 3 === 1 ? 7 : Math.sin(i) * 5 + 3));
  const table = { data, rows, columns: 3, names: ["a", "b", "c"] };

  it("splits rows without loss, drops columns that do not vary, and measures the rest", () => {
    const { train, valid, test, columns, constant } = prepareTable(table, 1);
    const { shift, scale } = measureColumns(train.x);
    expect([train, valid, test].map((s) => s.x.shape)).toEqual([
      [80, 2],
      [10, 2],
      [10, 2],
    ]);
    expect([columns, constant]).toEqual([["a", "c"], ["b"]]);
    const all = [train, valid, test].flatMap((s) => Array.from(s.x.data as Float64Array));
    expect(all.sort()).toEqual([...data].filter((_, i) => i % 3 !== 1).sort());
    const first = Array.from(train.x.data as Float64Array).filter((_, i) => i % 2 === 0);
    const mean = first.reduce((s, v) => s + v, 0) / 80;
    expect(shift[0]).toBeCloseTo(mean, 12);
    expect(scale[0]).toBeCloseTo(Math.sqrt(first.reduce((s, v) => s + (v - mean) ** 2, 0) / 80), 12);
  });

  it("keeps the columns to condition on apart", () => {
    const { train, columns, context } = prepareTable(table, 1, { context: ["c"] });
    expect([columns, context.columns, train.context?.shape]).toEqual([["a"], ["c"], [80, 1]]);
    const mean = Array.from(train.context!.data as Float64Array).reduce((s, v) => s + v, 0) / 80;
    expect(context.shift[0]).toBeCloseTo(mean, 12);
    expect(() => prepareTable(table, 1, { context: ["b"] })).toThrow('The column "b" does not vary');
  });

  it("splits alike for one seed and otherwise for another", () => {
    const test = (seed: number) => [...prepareTable(table, seed).test.x.data];
    expect(test(1)).toEqual(test(1));
    expect(test(2)).not.toEqual(test(1));
  });

  it("refuses too few rows, and columns of which none varies", () => {
    expect(() => prepareTable({ ...table, rows: 19 }, 0)).toThrow("The table has 19 rows");
    expect(() => prepareTable({ data: new Float64Array(50), rows: 50, columns: 1, names: ["z"] }, 0)).toThrow(
      "No column",
    );
  });
});

describe("columnsOf", () => {
  const table = { data: Float64Array.of(1, 2, 3, 4), rows: 2, columns: 2, names: ["b", "a"] };
  it("finds a model's columns by name, by place where there are no such names, and names what is missing", () => {
    expect([...columnsOf(table, ["a", "b"])]).toEqual([2, 1, 4, 3]);
    expect([...columnsOf(table, ["x", "y"])]).toEqual([1, 2, 3, 4]);
    expect(() => columnsOf(table, ["a", "b", "c"])).toThrow("The table lacks c");
  });
});
