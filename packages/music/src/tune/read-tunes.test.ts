import { expect, test } from "vitest";
import { writeMidi } from "../midi/write-midi.ts";
import { readTunes, tuneExtensions } from "./read-tunes.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));
const ABC = "X:1\nT:Gr\u00f6\u00dfe\nM:4/4\nL:1/8\nK:C\nCDEF GABc|cBAG FEDC|\n";

test("goes by what is in a file before what it is called", () => {
  const midi = writeMidi({ notes: [[60, 0, 4]], title: "Air" });
  expect(readTunes("a.MID", midi).tunes.map((t) => [t.format, t.title])).toEqual([["midi", "Air"]]);
  expect(readTunes("a.abc", midi).tunes[0]!.format).toBe("midi");
  expect(readTunes("a", bytes(ABC)).tunes[0]).toMatchObject({ format: "abc", title: "Größe" });
});

test("reads ABC in Latin-1", () => {
  const latin = Uint8Array.from(ABC, (c) => c.charCodeAt(0));
  expect(readTunes("a.abc", latin).tunes[0]!.title).toBe("Größe");
});

test("refuses in words", () => {
  expect(() => readTunes("a.mid", new Uint8Array())).toThrow("empty");
  expect(() => readTunes("a.mid", bytes("hello"))).toThrow("not a MIDI file");
  expect(() => readTunes("a.txt", bytes("hello"))).toThrow("neither MIDI");
  expect(() => readTunes("a.mid", new Uint8Array(33 * 2 ** 20))).toThrow("33 MiB");
  expect(Object.keys(tuneExtensions)).toHaveLength(6);
});
