/** Dropped files that are good: what is listed and what is said of it. */
import { readFileSync } from "node:fs";
import { encodeSafetensors, FlowError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { type Dropped, MOST_CHOICES, readDropped } from "./import.ts";

const fixture = (path: string): Uint8Array =>
  readFileSync(new URL(`../../../../packages/music/fixtures/${path}`, import.meta.url));
const abc = (text: string): Uint8Array => new TextEncoder().encode(text);
type Tunes = Extract<Dropped, { readonly kind: "tunes" }>;

function tunesOf(name: string, bytes: Uint8Array): Tunes {
  const read = readDropped(name, bytes);
  if (read.kind !== "tunes") throw new Error(`${name} is a model`);
  return read;
}

function refusal(name: string, bytes: Uint8Array): FlowError {
  try {
    readDropped(name, bytes);
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
  throw new Error(`${name} was read`);
}

const bars = (n: number, meter = "4/4"): string => {
  const half = meter === "2/4" ? 1 : 2;
  return Array.from({ length: n }, (_, i) => `${"CDEFGABc"[i % 8]}DEG `.repeat(half)).join("|");
};

describe("a tune book", () => {
  test("lists the two-bar melodies of every tune", () => {
    const read = tunesOf(
      "book.abc",
      abc(
        `X:1\nT:First\nM:4/4\nL:1/8\nQ:1/4=97\nK:D\n${bars(4)}|\n\nX:2\nT:Second\nM:2/4\nL:1/8\nK:C\n${bars(8, "2/4")}|\n`,
      ),
    );
    expect(read.choices.map(({ tune, bar, title }) => [tune, bar, title])).toEqual([
      ["First", 1, "First, bar 1"],
      ["First", 2, "First, bar 2"],
      ["First", 3, "First, bar 3"],
      ["Second", 1, "Second, bar 1"],
      ["Second", 3, "Second, bar 3"],
      ["Second", 5, "Second, bar 5"],
    ]);
    expect(read.choices[0]).toMatchObject({ tempo: 97, place: { keyShift: 2 }, remarks: [], again: [] });
    expect(read.remarks).toEqual([]);
  });

  test("lists bars that come again once", () => {
    const tune = "CDEF GABc|cBAG FEDC|";
    const { choices } = tunesOf("a.abc", abc(`X:1\nT:Round\nM:4/4\nL:1/8\nK:C\n${tune}${tune}${tune}\n`));
    expect(choices.map(({ bar, again }) => [bar, again])).toEqual([
      [1, [3, 5]],
      [2, [4]],
    ]);
  });

  test("says which tunes were left out and why, once for each reason", () => {
    const jig = (n: number): string => `X:${n}\nT:Jig ${n}\nM:6/8\nL:1/8\nK:G\nGAB cde|\n\n`;
    const { choices, remarks } = tunesOf(
      "a.abc",
      abc(`${jig(1)}${jig(2)}X:3\nT:Reel\nM:4/4\nL:1/8\nK:G\n${bars(2)}\n\nX:4\nM:4/4\nK:Q\nC\n`),
    );
    expect(choices).toHaveLength(1);
    expect(choices[0]!.title).toBe("Reel");
    expect(remarks).toEqual([
      "2 tunes left out: The tune is in 6/8: the studio reads 4/4, 2/2 and 2/4.",
      "One tune left out: “Q” is no key that K: can name.",
    ]);
  });

  test("of jigs alone is refused in one sentence", () => {
    const jig = "M:6/8\nL:1/8\nK:G\nGAB cde|\n\n";
    expect(refusal("a.abc", abc(`X:1\n${jig}`)).message).toBe("The tune is in 6/8: the studio reads 4/4, 2/2 and 2/4.");
    const many = refusal("a.abc", abc(`X:1\n${jig}X:2\n${jig}`));
    expect(many.message).toBe(
      "None of the 2 tunes can be used; the first: The tune is in 6/8: the studio reads 4/4, 2/2 and 2/4.",
    );
    expect(many.hint).toContain("meters");
  });

  test("without room for more lists the first ones and says so", () => {
    const letters = "CDEFGABc";
    const bar = (k: number): string =>
      `${letters[k & 7]}${letters[(k >> 3) & 7]}${letters[(k >> 6) & 7]}${letters[(k >> 9) & 7]}`;
    const tune = (n: number): string =>
      `X:${n}\nT:Tune ${n}\nM:4/4\nL:1/8\nK:C\n${Array.from({ length: 40 }, (_, i) => `${bar(40 * n + i)} GAFE`).join("|")}\n\n`;
    const { choices, remarks } = tunesOf("all.abc", abc(Array.from({ length: 200 }, (_, i) => tune(i + 1)).join("")));
    expect(choices).toHaveLength(MOST_CHOICES);
    expect(remarks[0]).toBe(`Only the first ${MOST_CHOICES} melodies of all.abc are listed.`);
  });
});

describe("what was done is said:", () => {
  test("a tempo that the studio does not play", () => {
    const { choices } = tunesOf("a.abc", abc(`X:1\nT:Fast\nM:4/4\nL:1/8\nQ:1/4=300\nK:C\n${bars(2)}\n`));
    expect(choices[0]).toMatchObject({
      tempo: 240,
      remarks: ["The tempo of 300 became 240: the studio plays from 40 to 240."],
    });
  });
  test("several parts, and a pick of one", () => {
    const track = (name: string, pitch: number): number[] => {
      const notes = Array.from({ length: 8 }, (_, i) => [0, 0x90, pitch + i, 80, 0x60, 0x80, pitch + i, 0]).flat();
      const body = [0, 0xff, 3, name.length, ...Array.from(name, (c) => c.charCodeAt(0)), ...notes, 0, 0xff, 0x2f, 0];
      return [0x4d, 0x54, 0x72, 0x6b, 0, 0, 0, body.length, ...body];
    };
    const header = [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 1, 0, 2, 0, 0x60];
    const two = Uint8Array.from([...header, ...track("Bass", 36), ...track("Flute", 72)]);
    expect(tunesOf("two.mid", two).choices[0]!.remarks).toEqual([
      "The file has several parts: track 2 “Flute” was taken.",
    ]);
  });
  test("meters that change, chords throughout, too few notes", () => {
    expect(refusal("a.abc", abc(`X:1\nM:4/4\nL:1/8\nK:C\n${bars(1)}|[M:3/4]CDE|\n`)).message).toMatch(
      /^The tune changes its meter: 4\/4, 3\/4: the studio/,
    );
    expect(refusal("a.abc", abc("X:1\nM:4/4\nL:1/1\nK:C\nC|D|E|\n")).message).toBe(
      "No two bars hold four notes or more on the grid of sixteenths.",
    );
  });
});

describe("titles are plain text", () => {
  test.each([
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["a\u202egpj.exe", "a gpj.exe"],
    ["  many   spaces\t", "many spaces"],
    ["\u0007bell\u200f", "bell"],
    ["x".repeat(500), "x".repeat(80)],
    ["👩‍🎤".repeat(40), "👩‍🎤".repeat(16)],
  ])("%j", (title, plain) => {
    const [choice] = tunesOf(
      "a.abc",
      abc(`X:1\nT:${title}\nM:4/4\nL:1/16\nK:C\nCDEFGABc cBAGFEDC|CDEFGABc cBAGFED|\n`),
    ).choices;
    expect(choice!.tune).toBe(plain);
    expect(choice!.title.length).toBeLessThanOrEqual(80);
  });
  test("a file gives its name where it has no title", () => {
    expect(tunesOf("The Reel.abc", abc(`X:1\nM:4/4\nL:1/8\nK:C\n${bars(2)}\n`)).choices[0]!.tune).toBe("The Reel");
  });
});

test("every format of every fixture is read or refused alike", () => {
  for (const name of ["amazing-grace", "borrowed-notes"])
    expect(() => tunesOf(`${name}.musicxml`, fixture(`musicxml/${name}.musicxml`))).not.toThrow(TypeError);
});

describe("a model file", () => {
  const model = encodeSafetensors([{ name: "w", dtype: "F32", shape: [2], data: Float32Array.of(1, 2) }], {
    normflow: JSON.stringify({ format: 1, flow: {} }),
  });
  test("is known by what is in it, whatever it is called", () => {
    for (const name of ["own.safetensors", "own.mid", "own"])
      expect(readDropped(name, model)).toEqual({ kind: "model", name, bytes: model });
  });
  test("may lie in the middle of a buffer", () => {
    const wide = new Uint8Array(model.length + 5);
    wide.set(model, 5);
    expect(readDropped("x", wide.subarray(5)).kind).toBe("model");
  });
});
