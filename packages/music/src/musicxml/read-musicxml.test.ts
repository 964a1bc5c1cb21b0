import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "@normflow/core";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readMusicXml } from "./read-musicxml.ts";

const QUARTER = 10_080;

const pitched = (step: string, octave: number, duration: number, more = ""): string =>
  `<note>${more.includes("<chord/>") ? "<chord/>" : ""}<pitch><step>${step}</step><octave>${octave}</octave></pitch>` +
  `<duration>${duration}</duration>${more.replace("<chord/>", "")}</note>`;

const attributes = (more = "", fifths = 0): string =>
  `<attributes><divisions>4</divisions><key><fifths>${fifths}</fifths></key>` +
  `<time><beats>4</beats><beat-type>4</beat-type></time>${more}</attributes>`;

const score = (measures: readonly string[], list = "", rest = ""): string =>
  `<?xml version="1.0"?><!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 3.1 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">` +
  `<score-partwise><work><work-title>Here &amp; there</work-title></work><part-list>${list}</part-list>` +
  `<part id="P1">${measures.map((m, i) => `<measure number="${i}">${m}</measure>`).join("")}</part>${rest}</score-partwise>`;

const read = (xml: string) => readMusicXml(strToU8(xml), "a.musicxml");
const notes = (xml: string) =>
  read(xml).notes.map((n) => [n.pitch, (n.start / QUARTER) * 4, (n.duration / QUARTER) * 4]);

const refusal = (bytes: Uint8Array): FormatError => {
  try {
    readMusicXml(bytes, "a.mxl");
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error("was read");
};

describe("a score", () => {
  test("gives its title, part, key, meter, tempo and first whole bar", () => {
    const half = `<metronome><beat-unit>half</beat-unit><per-minute>50</per-minute></metronome>`;
    const bars = [
      attributes("", -3) + pitched("G", 4, 4),
      `<direction><direction-type>${half}</direction-type></direction>${pitched("C", 5, 16)}`,
    ];
    const list = `<score-part id="P1"><part-name>Violin</part-name></score-part>`;
    expect(read(score(bars, list))).toMatchObject({
      title: "Here & there",
      format: "musicxml",
      part: "part P1 “Violin”, voice 1",
      fifths: -3,
      tempo: 100,
      firstBar: QUARTER,
      meters: [{ tick: 0, numerator: 4, denominator: 4 }],
    });
    expect(read(score([`<sound tempo="72"/>${bars[0]}`])).tempo).toBe(72);
  });

  test("joins ties across bars, also chains of them", () => {
    const bars = [
      attributes() + pitched("C", 4, 12) + pitched("E", 4, 4, '<tie type="start"/>'),
      pitched("E", 4, 16, '<tie type="stop"/><tie type="start"/>'),
      pitched("E", 4, 4, '<notations><tied type="stop"/></notations>') + pitched("E", 4, 12),
    ];
    expect(notes(score(bars))).toEqual([
      [60, 0, 12],
      [64, 12, 24],
      [64, 36, 12],
    ]);
  });

  test("takes the top of a chord and leaves out grace notes, cues, other voices and staves", () => {
    const bar =
      attributes() +
      `<note><grace/><pitch><step>B</step><octave>5</octave></pitch></note>` +
      pitched("C", 4, 4, "<voice>1</voice>") +
      pitched("G", 4, 4, "<chord/><voice>1</voice>") +
      `<note><cue/><pitch><step>B</step><octave>5</octave></pitch><duration>4</duration><voice>1</voice></note>` +
      `<note><rest/><duration>4</duration><voice>1</voice></note>` +
      pitched("D", 4, 4, "<voice>1</voice>") +
      `<backup><duration>16</duration></backup>` +
      pitched("C", 6, 16, "<voice>2</voice>") +
      pitched("C", 6, 16, "<voice>1</voice><staff>2</staff>");
    expect(notes(score([bar]))).toEqual([
      [67, 0, 4],
      [62, 12, 4],
    ]);
  });

  test("follows changes of divisions, tuplets, meter and key", () => {
    const triplet = pitched("D", 4, 1) + pitched("E", 4, 1) + pitched("F", 4, 1);
    const change = `<divisions>3</divisions><time><beats>2</beats><beat-type>4</beat-type></time>`;
    const bars = [
      attributes() + pitched("C", 4, 16),
      `<attributes>${change}</attributes>${triplet}${pitched("G", 4, 3)}`,
      pitched("A", 4, 6),
    ];
    const tune = read(score(bars));
    expect(tune.notes.map((n) => n.start / QUARTER)).toEqual([0, 4, 4 + 1 / 3, 4 + 2 / 3, 5, 6]);
    expect(tune.meters).toEqual([
      { tick: 0, numerator: 4, denominator: 4 },
      { tick: 4 * QUARTER, numerator: 2, denominator: 4 },
    ]);
    expect(tune.fifths).toBe(0);
    const modulation = `<attributes><key><fifths>2</fifths></key></attributes>${pitched("A", 4, 16)}`;
    expect(read(score([attributes() + pitched("C", 4, 16), modulation])).fifths).toBeUndefined();
  });

  test("sounds a transposing instrument: a clarinet in B♭ that reads D plays C", () => {
    const clarinet = attributes("<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>", 2);
    const tune = read(score([clarinet + pitched("D", 5, 16)]));
    expect(tune.notes[0]!.pitch).toBe(72);
    expect(tune.fifths).toBe(0);
  });

  test("chooses the part named as the melody, or else the topmost that plays enough", () => {
    const list = (second: string) =>
      `<score-part id="P1"><part-name>Piano</part-name></score-part><score-part id="P2"><part-name>${second}</part-name></score-part>`;
    const second = `<part id="P2"><measure number="1">${attributes()}${pitched("A", 5, 16)}</measure></part>`;
    const first = [attributes() + pitched("C", 4, 16)];
    expect(read(score(first, list("Lead"), second)).notes[0]!.pitch).toBe(81);
    expect(read(score(first, list("Organ"), second)).notes[0]!.pitch).toBe(60);
  });

  test("comes out of a zip, also one whose container cannot be read", () => {
    const inner = strToU8(score([attributes() + pitched("C", 4, 16)]));
    const container = (path: string) =>
      strToU8(`<container><rootfiles><rootfile full-path='${path}'/></rootfiles></container>`);
    for (const path of ["b.xml", "it's.xml", "gone.xml", "../../b.xml"]) {
      const zip = zipSync({ "META-INF/container.xml": container(path), "../a.txt": strToU8("x"), "b.xml": inner });
      expect(readMusicXml(zip, "a.mxl").notes).toHaveLength(1);
    }
  });

  test("is read in UTF-16 and Latin-1", () => {
    const xml = score([attributes() + pitched("C", 4, 16)]).replace("Here", "Là");
    const wide = Uint8Array.from(
      Array.from(`\ufeff${xml}`, (c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]).flat(),
    );
    const latin = Uint8Array.from(xml.replace('"1.0"', '"1.0" encoding="ISO-8859-1"'), (c) => c.charCodeAt(0));
    expect(readMusicXml(wide, "a.xml").title).toBe("Là & there");
    expect(readMusicXml(latin, "a.xml").title).toBe("Là & there");
  });
});

describe("refuses in a sentence", () => {
  const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from("bcdefghij", (c, i) => `<!ENTITY ${c} "${`&${"abcdefghi"[i]};`.repeat(10)}">`).join("")}]>`;
  const external = `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>`;
  const digits = "9".repeat(10_000);
  test.each<[string, string, string | Uint8Array]>([
    ["an empty file", "empty", ""],
    ["text", "xml", "hello"],
    ["junk", "xml", Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)],
    ["a million brackets", "xml", "<".repeat(1e6)],
    ["many attributes", "xml", `<a ${Array.from({ length: 1e5 }, (_, i) => `b${i}="" `).join("")}`],
    ["other XML", "musicxml", "<html><body/></html>"],
    ["measure-wise scores", "musicxml-timewise", `<score-timewise><measure><part id="P1"/></measure></score-timewise>`],
    ["an entity bomb", "xml-entities", `${bomb}<score-partwise>&j;</score-partwise>`],
    ["an external entity", "xml-entities", `${external}<score-partwise>&x;</score-partwise>`],
    ["an undeclared entity", "xml", "<score-partwise>&x;</score-partwise>"],
    ["deep nesting", "xml-depth", "<score-partwise>".repeat(300_000)],
    ["endless elements", "musicxml-size", `<score-partwise>${"<part/>".repeat(1.1e6)}</score-partwise>`],
    ["no notes", "no-notes", score([attributes()])],
    ["no parts", "no-notes", "<score-partwise/>"],
    ["divisions of 0", "musicxml-divisions", score(["<attributes><divisions>0</divisions></attributes>"])],
    ["a meter in words", "musicxml-meter", score(["<attributes><time><beats>x</beats></time></attributes>"])],
    ["a note no instrument plays", "musicxml-pitch", score([attributes() + pitched("C", 99, 4)])],
    ["a note without a step", "musicxml-pitch", score([attributes() + pitched("H", 4, 4)])],
    ["a step that every object has", "musicxml-pitch", score([attributes() + pitched("constructor", 4, 4)])],
    ["a number of 10,000 digits", "musicxml-duration", score([`<forward><duration>${digits}</duration></forward>`])],
    ["days of music", "too-long", score([`<forward><duration>${2 ** 31}</duration></forward>`])],
    ["a damaged zip", "musicxml-zip", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0)],
    ["a zip without a score", "musicxml-zip", zipSync({ "readme.txt": strToU8("hello") })],
    ["a zip bomb", "musicxml-size", zipSync({ "a.xml": new Uint8Array(40 * 2 ** 20) })],
    [
      "too many files",
      "musicxml-size",
      zipSync(Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`${i}`, new Uint8Array(0)]))),
    ],
  ])("%s", (_, code, content) => {
    const bytes = typeof content === "string" ? strToU8(content) : content;
    const begin = performance.now();
    const error = refusal(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^[A-Z].*\S$/);
    expect(error.message.length).toBeLessThan(250);
    expect(performance.now() - begin).toBeLessThan(4000);
  });

  test("a claim of size that no data could fill", () => {
    const zip = zipSync({ "a.xml": strToU8(score([attributes()])) });
    const view = new DataView(zip.buffer);
    for (let i = 0; i < zip.length - 4; i++)
      if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + 24, 30 * 2 ** 20, true);
    expect(refusal(zip).code).toBe("musicxml-zip");
  });

  test("every beginning of a score and of its zip", () => {
    const whole = strToU8(score([attributes() + pitched("C", 4, 16)]));
    const zip = zipSync({ "a.xml": whole });
    for (const bytes of [whole, zip])
      for (let end = 0; end < bytes.length; end++)
        expect(() => readMusicXml(bytes.subarray(0, end), "a.mxl")).toThrow(FormatError);
  });

  test("or reads it: a zip with any byte changed", () => {
    const zip = zipSync({ "a.xml": strToU8(score([attributes() + pitched("C", 4, 16)])) });
    for (let i = 0; i < zip.length; i++)
      for (const value of [0, 0xff, zip[i]! ^ 1]) {
        const damaged = zip.slice();
        damaged[i] = value;
        try {
          readMusicXml(damaged, "a.mxl");
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      }
  });
});

const data = process.env["NORMFLOW_DATA"];
if (!data) console.log("NORMFLOW_DATA is not set: the 502 scores of OpenEWLD are not read.");

describe.skipIf(!data)("OpenEWLD", () => {
  test("all 502 scores are read", () => {
    const folder = join(data ?? "", "corpus/openewld/mxl");
    const files = readdirSync(folder).filter((name) => name.endsWith(".mxl"));
    expect(files).toHaveLength(502);
    for (const file of files) {
      const tune = readMusicXml(readFileSync(join(folder, file)), file);
      expect(tune.notes.length, file).toBeGreaterThan(10);
      expect(tune.firstBar, file).toBeLessThan(5 * QUARTER);
    }
  });
});
