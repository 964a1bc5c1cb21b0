import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FlowError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { unfold } from "../grid/fold.ts";
import { readMidi } from "../midi/read-midi.ts";
import type { Tune } from "../tune/tune.ts";
import { Corpus, compareCodePoints } from "./corpus.ts";
import { md5 } from "./md5.ts";
import { splitName, splitOf } from "./split.ts";
import { cutWindows } from "./windows.ts";

const tune = (
  notes: readonly (readonly [pitch: number, start: number, length: number])[],
  more: Partial<Tune> = {},
): Tune => ({
  title: "t",
  format: "midi",
  part: "p",
  ticksPerQuarter: 480,
  meters: [{ tick: 0, numerator: 4, denominator: 4 }],
  fifths: undefined,
  tempo: 100,
  firstBar: 0,
  notes: notes.map(([pitch, start, length]) => ({ pitch, start: start * 120, duration: length * 120 })),
  ...more,
});

const scale = (tonic: number) =>
  [0, 2, 4, 5, 7, 9, 11, 12].map((d, i) => [tonic + d, 4 * i, 4] as [number, number, number]);

describe("md5 and the split", () => {
  test("agree with another implementation", () => {
    const texts = [
      "",
      "a",
      "tune.mid",
      "Ceol Rince na hÉireann.mid#12",
      "𝄞",
      ...[54, 55, 56, 57, 63, 64, 65, 200].map((n) => "x".repeat(n)),
    ];
    for (const text of texts) {
      const hex = createHash("md5").update(text).digest("hex");
      expect(Array.from(md5(text), (b) => b.toString(16).padStart(2, "0")).join("")).toBe(hex);
      const fold = Number(BigInt(`0x${hex}`) % 20n);
      expect(splitOf(text)).toBe(fold === 0 ? "test" : fold === 1 ? "valid" : "train");
    }
  });
  test("go by the name alone", () => {
    expect(splitName("/a/b/c.abc", "7")).toBe("c.abc#7");
    expect(splitName("c.mid")).toBe("c.mid");
  });
});

describe("windows", () => {
  test("are in C near A4, with what leads back", () => {
    const [window] = cutWindows(tune(scale(50)));
    expect(window).toMatchObject({ keyShift: 2, octaveShift: -12, inRange: true, index: 0 });
    expect(window!.grid.filter((s) => s > 0)).toEqual([60, 62, 64, 65, 67, 69, 71, 72]);
  });
  test("take the key signature where there is one", () => {
    expect(cutWindows(tune(scale(60), { fifths: -1 }))[0]!.keyShift).toBe(5);
    expect(cutWindows(tune(scale(60), { fifths: 1 }))[0]!.keyShift).toBe(7);
  });
  test("start at each bar, from the first whole one", () => {
    const long = [...scale(60), ...scale(60).map(([p, s, l]) => [p, s + 32, l] as [number, number, number])];
    expect(cutWindows(tune(long)).map((w) => w.index)).toEqual([0, 1, 2]);
    const late = cutWindows(
      tune(
        long.map(([p, s, l]) => [p, s + 4, l] as [number, number, number]),
        { firstBar: 480 },
      ),
    );
    expect(late.map((w) => w.grid)).toEqual(cutWindows(tune(long)).map((w) => w.grid));
  });
  test("are spoilt by notes off the grid", () => {
    const notes = [...scale(60), ...scale(60).map(([p, s, l]) => [p, s + 32, l] as [number, number, number])];
    expect(cutWindows(tune([...notes.slice(0, 1), [61, 1.16, 1], ...notes.slice(1)])).map((w) => w.index)).toEqual([
      1, 2,
    ]);
    expect(cutWindows(tune([...notes.slice(0, 1), [61, 1.14, 1], ...notes.slice(1)])).map((w) => w.index)).toEqual([
      0, 1, 2,
    ]);
  });
  test("keep rests and need four notes", () => {
    const [window] = cutWindows(
      tune([
        [60, 2, 2],
        [62, 4, 1],
        [64, 8, 4],
        [65, 16, 2],
      ]),
    );
    expect(window!.grid.slice(0, 10)).toEqual([
      0,
      -1,
      72 - 12 * (window!.octaveShift === 0 ? 1 : 0),
      -1,
      window!.grid[4],
      0,
      -1,
      -1,
      window!.grid[8],
      -1,
    ]);
    expect(
      cutWindows(
        tune([
          [60, 0, 2],
          [62, 4, 1],
          [64, 20, 4],
        ]),
      ),
    ).toEqual([]);
  });
  test("fold what leaves the range, and say so", () => {
    const notes = [...scale(60).slice(0, 7), [108, 28, 4] as [number, number, number]];
    const [window] = cutWindows(tune(notes));
    expect(window!.inRange).toBe(false);
    const shift = window!.keyShift + window!.octaveShift;
    expect(unfold(window!.grid, window!.folds).map(([p]) => p + shift)).toEqual(notes.map(([p]) => p));
  });
  test.each([
    [[{ tick: 0, numerator: 6, denominator: 8 }], "6/8"],
    [
      [
        { tick: 0, numerator: 4, denominator: 4 },
        { tick: 9, numerator: 3, denominator: 4 },
      ],
      "changes its meter",
    ],
    [[], "no meter"],
  ])("refuse other meters", (meters, sentence) => {
    expect(() => cutWindows(tune(scale(60), { meters }))).toThrow(sentence);
  });
});

describe("a corpus", () => {
  test("gives a duplicate to the first tune by file name, whatever the order of adding", () => {
    const corpus = new Corpus();
    corpus.add("b.mid", { tunes: [tune(scale(60))] });
    corpus.add("a.mid", { tunes: [tune(scale(62)), tune([], { reference: "9" })] });
    corpus.skip("c.mid", new FlowError("empty", "The file is empty."));
    const { windows, counts, skipped } = corpus.finish();
    expect(windows.map((w) => w.name)).toEqual(["a.mid#1"]);
    expect(counts).toMatchObject({ files: 2, tunes: 3, used: 2, windows: 2, unique: 1 });
    expect(skipped.map((s) => [s.file, s.reference, s.code])).toEqual([
      ["a.mid", "9", "no-notes"],
      ["c.mid", undefined, "empty"],
    ]);
    expect(() => corpus.add("a.mid", { tunes: [] })).toThrow("before");
  });
  test("names a tune by number also where the other tunes of its file are refused", () => {
    const corpus = new Corpus();
    const error = new FlowError("abc", "No.");
    corpus.add("a.abc", { tunes: [tune(scale(60), { reference: "2" })], refused: [{ reference: "1", error }] });
    const { windows, counts, skipped } = corpus.finish();
    expect(windows[0]!.name).toBe("a.abc#2");
    expect(counts.tunes).toBe(2);
    expect(skipped).toEqual([{ file: "a.abc", reference: "1", code: "abc", error: "No." }]);
  });
  test("orders names by code points", () => {
    expect(["\u{1f3b5}", "\ufb01", "b", "B", "ab", "a"].sort(compareCodePoints)).toEqual([
      "B",
      "a",
      "ab",
      "b",
      "\ufb01",
      "\u{1f3b5}",
    ]);
  });

  const folder = join(process.env["NORMFLOW_DATA"] ?? "", "corpus/cre/midi");
  const there = process.env["NORMFLOW_DATA"] !== undefined && existsSync(folder);
  if (!there) console.log("Skipped: NORMFLOW_DATA holds no corpus/cre/midi, whose size is counted.");
  test.skipIf(!there)("of Ceol Rince na hÉireann has the published size", () => {
    const corpus = new Corpus();
    for (const file of readdirSync(folder))
      corpus.add(file, { tunes: [readMidi(readFileSync(join(folder, file)), file)] });
    const { counts, skipped } = corpus.finish();
    console.info(JSON.stringify(counts), `${skipped.length} skipped`);
    expect(counts.files).toBe(1195);
    expect(skipped.every((s) => s.code === "meter" || s.code === "no-windows")).toBe(true);
    const near = (value: number, published: number) => void expect(Math.abs(value / published - 1)).toBeLessThan(0.01);
    near(counts.unique, 7916);
    near(counts.inRange.train, 7081);
    near(counts.inRange.valid, 330);
    near(counts.inRange.test, 341);
  });
});
