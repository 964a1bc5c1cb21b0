/** What leaves as a file comes back as the same melody. */
import { describe, expect, test } from "vitest";
import { dice, pick, randomNotes } from "../keep/testing/random-piece.ts";
import type { Notes } from "../piece/notes.ts";
import { openPitch } from "../piece/notes.ts";
import { type Exportable, exportAbc, exportMidi, fileName } from "./export.ts";
import { type ImportChoice, readDropped } from "./import.ts";

const titles = [
  "The Lark in the Morning",
  "Ríl an Dúin",
  "春の海",
  '100% & more \\ "x"',
  "Seed 7",
  "<b>x</b>",
  "X: 1",
  "🎻",
];

function only(name: string, bytes: Uint8Array): ImportChoice {
  const read = readDropped(name, bytes);
  if (read.kind !== "tunes") throw new Error("no tunes");
  expect(read.choices).toHaveLength(1);
  expect(read.remarks).toEqual([]);
  expect(read.choices[0]!.remarks).toEqual([]);
  return read.choices[0]!;
}

function check(melody: Exportable, tempo: number): void {
  const { title, notes, place } = melody;
  for (const [name, bytes] of [
    ["a.mid", exportMidi(melody, tempo)],
    ["a.abc", new TextEncoder().encode(exportAbc(melody, tempo))],
  ] as const) {
    const back = only(name, bytes);
    expect(back).toMatchObject({ title, notes, place, tempo, bar: 1 });
  }
}

const sounds = (notes: Notes, { keyShift, octaveShift }: Exportable["place"]): boolean =>
  notes.every((note) => {
    const pitch = openPitch(note) + keyShift + octaveShift;
    return pitch >= 0 && pitch <= 127;
  });

describe("an exported melody comes back equal from MIDI and ABC", () => {
  test("300 random ones", () => {
    const roll = dice(1);
    for (let i = 0; i < 300; ) {
      const notes = randomNotes(roll);
      const place = { keyShift: roll(23) - 11, octaveShift: 12 * (roll(9) - 4) };
      if (!sounds(notes, place)) continue;
      check({ title: pick(roll, titles), notes, place }, pick(roll, [40, 240, (400 + roll(2001)) / 10]));
      i++;
    }
  });

  test("in every key and octave", () => {
    const notes = [
      { pitch: 60, start: 0, length: 3, fold: 0 },
      { pitch: 61, start: 3, length: 1, fold: 0 },
      { pitch: 66, start: 6, length: 12, fold: 1 },
      { pitch: 71, start: 20, length: 12, fold: -1 },
    ];
    for (let keyShift = -11; keyShift <= 11; keyShift++)
      for (let octaveShift = -36; octaveShift <= 36; octaveShift += 12)
        check({ title: "Every key", notes, place: { keyShift, octaveShift } }, 97.3);
  });

  test("with no note, one note, and 32", () => {
    const full = Array.from({ length: 32 }, (_, start) => ({ pitch: 50 + start, start, length: 1, fold: 0 }));
    for (const notes of [[], full.slice(31), full])
      check({ title: "Few and many", notes, place: { keyShift: -4, octaveShift: -12 } }, 120);
  });

  test("without a title, under one that says so", () => {
    const melody = { title: " ", notes: [], place: { keyShift: 0, octaveShift: 0 } };
    expect(only("a.mid", exportMidi(melody, 100)).title).toBe("Melody");
  });

  test("and a note that MIDI has no number for is refused in a sentence", () => {
    const notes = [{ pitch: 86, start: 0, length: 4, fold: 5 }];
    expect(() => exportMidi({ title: "", notes, place: { keyShift: 0, octaveShift: 0 } }, 100)).toThrow(
      "outside 0 to 127",
    );
  });
});

describe("a file name", () => {
  test.each([
    ["The Lark in the Morning", "The Lark in the Morning.mid"],
    ["", "melody.mid"],
    ["   ...  ", "melody.mid"],
    ["../../etc/passwd", "etc passwd.mid"],
    ["C:\\Windows\\x", "C Windows x.mid"],
    ['a/b:c*d?e"f<g>h|i', "a b c d e f g h i.mid"],
    ["CON", "melody CON.mid"],
    ["com1.txt", "melody com1.txt.mid"],
    ["Lpt¹", "melody Lpt¹.mid"],
    ["console", "console.mid"],
    [".hidden", "hidden.mid"],
    ["trailing. ", "trailing.mid"],
    ["a..b", "a.b.mid"],
    ["Ríl 春 🎻", "Ríl 春 🎻.mid"],
    ["new\nline\u0000\u202egpj.exe", "new line gpj.exe.mid"],
    ["-rf", "rf.mid"],
  ])("of %j is %j", (title, name) => {
    expect(fileName(title, "mid")).toBe(name);
  });
  test("has at most 60 characters and none that paths know, whatever the title", () => {
    const roll = dice(2);
    const letters = [..."ab./\\:*?\"<>|\n\u0000\u202e é春🎻%#~'&$"];
    for (let i = 0; i < 3000; i++) {
      const title = Array.from({ length: roll(120) }, () => pick(roll, letters)).join("");
      const name = fileName(title, "musicxml");
      expect(name.length).toBeLessThanOrEqual(60);
      expect(name).toMatch(/^[^./\\:*?"<>|\p{Cc}\s-][^/\\:*?"<>|\p{Cc}]*\.musicxml$/u);
      expect(name).not.toContain("..");
      expect(encodeURIComponent(name)).toBeTruthy();
    }
  });
});
