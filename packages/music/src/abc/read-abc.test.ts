import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeText } from "./decode-text.ts";
import { readAbc } from "./read-abc.ts";

const SIXTEENTH = 10_080 / 4;

const read = (music: string, header = "M:4/4\nL:1/8\nK:C") => {
  const { tunes, refused } = readAbc(`X:1\nT:t\n${header}\n${music}\n`, "a.abc");
  if (refused.length > 0) throw refused[0]!.error;
  return tunes[0]!;
};
/** Notes as [pitch, start, length] in sixteenths. */
const notes = (music: string, header?: string) =>
  read(music, header).notes.map((n) => [n.pitch, n.start / SIXTEENTH, n.duration / SIXTEENTH]);
const pitches = (music: string, header?: string) => read(music, header).notes.map((n) => n.pitch);
const lengths = (music: string, header?: string) => read(music, header).notes.map((n) => n.duration / SIXTEENTH);

const refusal = (text: string): string => {
  try {
    return readAbc(text, "a.abc").refused[0]?.error.code ?? "read";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("pitches", () => {
  test("follow octave marks and accidentals to the end of the bar, in their octave", () => {
    expect(pitches("C, C c c' c'' | ^F F f F, | F =F _B B | __B ^^C")).toEqual([
      48, 60, 72, 84, 96, 66, 66, 77, 53, 65, 65, 70, 70, 69, 62,
    ]);
  });
  test.each([
    ["K:G", 1, 66, 71],
    ["K:Ador", 1, 66, 71],
    ["K:A Dorian", 1, 66, 71],
    ["K:D mix", 1, 66, 71],
    ["K:Em", 1, 66, 71],
    ["K:EMIN", 1, 66, 71],
    ["K:Clydian", 1, 66, 71],
    ["K:B phrygian", 1, 66, 71],
    ["K:F#loc", 1, 66, 71],
    ["K:Bb", -2, 65, 70],
    ["K:F#m", 3, 66, 71],
    ["K:HP", 2, 66, 71],
    ["K:Hp", 2, 66, 71],
    ["K:none", undefined, 65, 71],
    ["K:", 0, 65, 71],
    ["K:D treble", 2, 66, 71],
    ["K:F clef=treble middle=B", -1, 65, 70],
    ["K:D exp _b ^f", undefined, 66, 70],
    ["K:C ^f", 1, 66, 71],
    ["K:D =c", 1, 66, 71],
    ["K:C#", 7, 66, 72],
    ["K:G clef=treble-8", 1, 54, 59],
  ])("follow %s", (key, fifths, f, b) => {
    const tune = read("FB", `M:4/4\nL:1/8\n${key}`);
    expect(tune.fifths).toBe(fifths);
    expect(tune.notes.map((n) => n.pitch)).toEqual([f, b]);
  });
  test("follow keys that change, within a line and between lines", () => {
    expect(pitches("F [K:G] F |\nK:F\nB F")).toEqual([65, 66, 70, 65]);
    expect(read("F [K:G] F").fifths).toBeUndefined();
    expect(read("F [K:Am] F").fifths).toBe(0);
    expect(read("K:G\nF|").fifths).toBe(1);
  });
  test("carry over a bar line with a tie, and only there", () => {
    expect(notes("^c4-|c4 c4")).toEqual([
      [73, 0, 16],
      [72, 16, 8],
    ]);
  });
});

describe("lengths", () => {
  test("are multiples and parts of the unit", () => {
    expect(lengths("A A2 A3/2 A/ A// A/4 A3/ A0 A7/2")).toEqual([2, 4, 3, 1, 0.5, 0.5, 3, 7]);
  });
  test.each([
    ["M:4/4", 2],
    ["M:2/4", 1],
    ["M:C", 2],
    ["M:C|", 2],
    ["M:3/4", 2],
    ["M:5/8", 1],
    ["M:none", 2],
  ])("have a default by meter: %s", (meter, length) => {
    expect(lengths("A", `${meter}\nK:C`)).toEqual([length]);
  });
  test("change with L:", () => expect(lengths("A\nL:1/4\nA [L:1/16] A")).toEqual([2, 4, 1]));
  test("of broken rhythms go one way and the other", () => {
    expect(lengths("A>B c<d A>>B A2 > B2 A<<<B")).toEqual([3, 1, 1, 3, 3.5, 0.5, 6, 2, 0.25, 3.75]);
    expect(notes("z>B A>z")).toEqual([
      [71, 3, 1],
      [69, 4, 3],
    ]);
  });
  test("of tuplets", () => {
    expect(lengths("(3ABc A").map((l) => +l.toFixed(3))).toEqual([1.333, 1.333, 1.333, 2]);
    expect(lengths("(2AB (4ABcd", "M:6/8\nL:1/8\nK:C")).toEqual([3, 3, 1.5, 1.5, 1.5, 1.5]);
    expect(lengths("(3:2:2 A2B c")).toEqual([8 / 3, 4 / 3, 2].map((l) => Math.round(l * SIXTEENTH) / SIXTEENTH));
    expect(lengths("(5ABcde", "M:6/8\nL:1/8\nK:C")[0]).toBeCloseTo(1.2, 3);
    expect(notes("(3A>Bc z").at(-1)![1]! + notes("(3A>Bc z").at(-1)![2]!).toBeCloseTo(4, 3);
    expect(lengths("(3:::ABc ((3ABc) (A B)")).toHaveLength(8);
  });
  test("of chords, inside and outside, of which the top note is the melody", () => {
    expect(notes("[CEG]2 [c2E2] [C/2e/2]4 [G-B-]2 [GB]2")).toEqual([
      [67, 0, 4],
      [72, 4, 4],
      [76, 8, 4],
      [71, 12, 8],
    ]);
  });
  test("of ties, also over bars; a tie to another pitch is a slur", () => {
    expect(notes("A4-A2-|A2 B-c")).toEqual([
      [69, 0, 16],
      [71, 16, 2],
      [72, 18, 2],
    ]);
  });
  test("of rests of every kind", () => {
    expect(notes("z2 A x2 y4 A | Z2 | A")).toEqual([
      [69, 4, 2],
      [69, 10, 2],
      [69, 44, 2],
    ]);
  });
});

describe("what is no melody", () => {
  test("is passed over", () => {
    const plain = pitches("ABcd|efga|");
    for (const music of [
      '"Am"A"^slow"B !trill!c +fermata+d|~e .f Hg u(a)|',
      "{gf}A{/g}B (cd)|e!f!f TgMa|",
      "A B c d |\\\ne f g a | % the end",
      "AB cd|\n%%vskip 1\nw: la la la\nW: more\nef ga|",
      "AB`cd & C4|efga|]",
      "[I:setbarnb 1]AB[r:remark]cd|$efga|*",
      "P:A\n|:ABcd:|\nefga:|",
    ])
      expect(pitches(music), music).toEqual(plain);
  });
  test("bars are taken in the order written, each once", () => {
    const plain = notes("ABcd ABcd|efga efga|e4 g4|a8|");
    for (const music of [
      "|:ABcd ABcd|[1efga efga:|[2e4 g4||a8|]",
      "[|ABcd ABcd|1efga efga:|2 e4 g4::a8:|",
      "||:ABcd ABcd|1,3efga efga:||:e4 g4|:a8|1",
    ])
      expect(notes(music), music).toEqual(plain);
  });
  test("a line may start with a note and a repeat", () => expect(pitches("A:|\nB::c||")).toEqual([69, 71, 72]));
});

describe("a tune", () => {
  test("counts from its first whole bar", () => {
    expect(read("G2|A8|B8|").firstBar).toBe(4 * SIXTEENTH);
    expect(read("|:G2|A8|B8|").firstBar).toBe(4 * SIXTEENTH);
    expect(read("A8|B8|").firstBar).toBe(0);
    expect(read("G|A|", "M:none\nL:1/8\nK:C").firstBar).toBe(0);
  });
  test("has its meters", () => {
    expect(read("A8|\nM:3/4\nA6|[M:3/4]A6|").meters).toEqual([
      { tick: 0, numerator: 4, denominator: 4 },
      { tick: 16 * SIXTEENTH, numerator: 3, denominator: 4 },
    ]);
    expect(read("A", "M:C|\nK:C").meters).toEqual([{ tick: 0, numerator: 2, denominator: 2 }]);
    expect(read("A", "M:(2+3)/8\nK:C").meters[0]).toMatchObject({ numerator: 5, denominator: 8 });
    expect(read("A", "M:none\nK:C").meters).toEqual([]);
  });
  test.each([
    ["1/4=120", 120],
    ["3/8=60", 90],
    ["120", 60],
    ["C=80", 40],
    ["C3=40", 60],
    ['"Allegro" 1/4=90', 90],
    ['1/2 = 60 "slow"', 120],
    ["1/4 1/8=40", 60],
    ['"Andante"', 120],
    ["1/4=999999", 120],
  ])("has a tempo: Q:%s", (tempo, quarters) => {
    expect(read("A", `M:4/4\nL:1/8\nQ:${tempo}\nK:C`).tempo).toBe(quarters);
  });
  test("is its first voice with music", () => {
    const header = "M:4/4\nL:1/8\nV:1 name=Fiddle\nV:2 clef=bass\nK:G";
    for (const music of [
      "V:1\nABcd|\nV:2\nC4|\nV:1\nefga|",
      "[V:1]ABcd|\n[V:2]C4|\n[V:1]efga|",
      "[V:1]ABcd|[V:2]C4|[V:1]efga|",
    ])
      expect(pitches(music, header)).toEqual([69, 71, 72, 74, 76, 78, 79, 81]);
    expect(read("V:1\nA", header).part).toBe("voice 1");
    expect(pitches("V:2\nK:F\nM:3/4\nV:1\nB", header)).toEqual([71]);
  });
  test("is one of several, of which those that cannot be read are refused by name", () => {
    const text =
      "%abc\r\nL:1/4\r\n\r\nX:1\r\nT:One\r\nK:C\r\nA\r\n\r\nfree text, no music\r\nX: 2\r\nT:Two\r\nK:Q\r\nA\r\n\r\nX:3\r\nT:Three\r\nK:C\r\n";
    const { tunes, refused } = readAbc(`\ufeff${text}`, "a.abc");
    expect(tunes.map((t) => [t.reference, t.title, t.notes.length, t.notes[0]?.duration])).toEqual([
      ["1", "One", 1, 10_080],
    ]);
    expect(refused.map((r) => [r.reference, r.title, r.error.code])).toEqual([
      ["2", "Two", "abc-key"],
      ["3", "Three", "no-notes"],
    ]);
  });
  test("may be written in Latin-1 or UTF-16", () => {
    expect(decodeText(Uint8Array.of(0xc9))).toBe("É");
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3, 0x89))).toBe("É");
    expect(decodeText(Uint8Array.of(0xfe, 0xff, 0, 0xc9))).toBe("É");
  });
});

describe("hostile text ends quickly in a reason", () => {
  const M = 1e6;
  test.each<[string, string, string]>([
    ["nothing", "", "abc-no-tunes"],
    ["no tune", "hello", "abc-no-tunes"],
    ["NUL bytes", "X:1\nK:C\nA\0B", "abc-binary"],
    ["a large file", "X".repeat(2 ** 24 + 1), "abc-too-large"],
    ["many tunes", "X:1\n".repeat(2e5), "abc-too-large"],
    ["no key", "X:1\nM:4/4\nABC", "abc-no-key"],
    ["a million slurs", `X:1\nK:C\n${"(".repeat(M)}`, "no-notes"],
    ["a million chords", `X:1\nK:C\nA${"[".repeat(M)}`, "abc-open"],
    ["a million graces", `X:1\nK:C\nA${"{".repeat(M)}`, "abc-open"],
    ["a million quotes", `X:1\nK:C\n${'"'.repeat(M + 1)}`, "no-notes"],
    ["a million decorations", `X:1\nK:C\n${"!".repeat(M)}${"+".repeat(M)}`, "no-notes"],
    ["a million bars", `X:1\nK:C\n${"|".repeat(M)}${":".repeat(M)}${"|[1".repeat(M)}`, "no-notes"],
    ["a million comments", `X:1\nK:C\n${"\\%".repeat(M)}`, "no-notes"],
    ["a million breaks", `X:1\nK:C\nA${">".repeat(M)}B`, "read"],
    ["many breaks", `X:1\nK:C\nA${"> <".repeat(M)}B`, "read"],
    ["a million octaves", `X:1\nK:C\nA${"'".repeat(M)}`, "pitch"],
    ["a chord of a million", `X:1\nK:C\n[${"A".repeat(M)}]`, "abc-chord"],
    ["voices", `X:1\nK:C\n${"[V:1]".repeat(2e5)}`, "no-notes"],
    ["a number of 10,000 digits", `X:1\nK:C\nA${"9".repeat(10_000)}`, "abc-length"],
    ["a part of 10,000 digits", `X:1\nK:C\nA/${"9".repeat(10_000)}`, "abc-length"],
    ["a division by zero", "X:1\nK:C\nA/0", "abc-length"],
    ["slashes", `X:1\nK:C\nA${"/".repeat(M)}`, "abc-length"],
    ["bars of rest", "X:1\nK:C\nA|Z99999999999999999999", "abc-length"],
    ["days of rest", `X:1\nK:C\nA|${"Z1000|".repeat(10_000)}`, "too-long"],
    ["a huge tuplet", "X:1\nK:C\n(99999:99999:99999ABC", "read"],
    ["a meter of many digits", `X:1\nM:${"9".repeat(10_000)}/4\nK:C\nA`, "abc-meter"],
    ["a meter of zero", "X:1\nM:0/0\nK:C\nA", "abc-meter"],
    ["a unit of zero", "X:1\nL:0/0\nK:C\nA", "abc-unit"],
    ["a key without end", `X:1\nK:${"C".repeat(M)}\nA`, "abc-key"],
    ["accidentals without end", `X:1\nK:C ${"^c".repeat(M)}\nA`, "read"],
  ])("%s", (_, text, code) => {
    const begin = performance.now();
    expect(refusal(text)).toBe(code);
    expect(performance.now() - begin).toBeLessThan(3000);
  });
  test("also random characters", () => {
    const alphabet = "ABcd'^_=,/0123456789|:[]{}()<>-\"!+&zZxy KMLVQ%\\\n";
    let state = 1;
    const random = (n: number) => (state = (state * 48_271) % 2_147_483_647) % n;
    for (let i = 0; i < 3000; i++) {
      const music = Array.from({ length: 40 }, () => alphabet[random(alphabet.length)]).join("");
      const { tunes, refused } = readAbc(`X:1\nK:C\n${music}`, "a.abc");
      expect(tunes.length + refused.length).toBe(1);
      for (const { pitch, start, duration } of tunes[0]?.notes ?? [])
        expect([pitch, start, duration].every(Number.isInteger), music).toBe(true);
    }
  });
});

const data = process.env["NORMFLOW_DATA"];
if (!data) console.log("NORMFLOW_DATA is not set: the 1,034 tunes of the Nottingham database are not read.");

describe.skipIf(!data)("the Nottingham database", () => {
  test("1,033 of 1,034 tunes are read, one is refused by name", () => {
    const folder = join(data ?? "", "corpus/nottingham/abc");
    const files = readdirSync(folder).map((f) => readAbc(decodeText(readFileSync(join(folder, f))), f));
    expect(files).toHaveLength(14);
    expect(files.flatMap((f) => f.tunes)).toHaveLength(1033);
    const refused = files.flatMap((f) => f.refused.map((r) => [r.title, r.error.code]));
    expect(refused).toEqual([["Joy of the Dance", "abc-open"]]);
  });
});
