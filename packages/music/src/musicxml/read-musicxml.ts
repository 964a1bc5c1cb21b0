/**
 * Reads a melody from a MusicXML file, compressed or not.
 *
 * @module
 */
import { FormatError } from "@normflow/core";
import type { Tune } from "../tune/tune.ts";
import { readPart, XML_TICKS_PER_QUARTER } from "./part.ts";
import { child, childText, parseXml, type XmlElement } from "./tree.ts";
import { scoreText } from "./unpack.ts";

const DEFAULT_TEMPO = 120;

const SCORE_ELEMENTS: ReadonlySet<string> = new Set(
  [
    "score-partwise work work-title movement-title part-list score-part part-name part measure",
    "attributes divisions key fifths time beats beat-type transpose chromatic octave-change",
    "note grace cue chord pitch step alter octave duration voice staff tie notations tied",
    "backup forward direction direction-type metronome beat-unit beat-unit-dot per-minute sound",
  ].flatMap((names) => names.split(" ")),
);

/** @throws FormatError `musicxml`, `musicxml-timewise` */
function partsOf(score: XmlElement): XmlElement[] {
  if (score.name === "score-timewise")
    throw new FormatError("musicxml-timewise", "The score is written measure by measure (score-timewise).", {
      hint: "Save it part by part (score-partwise), as most programs do.",
    });
  if (score.name !== "score-partwise")
    throw new FormatError("musicxml", `The XML is a <${score.name.slice(0, 40)}>, not a MusicXML score.`, {
      hint: "Export it as a MusicXML score (score-partwise or score-timewise).",
    });
  return score.children.filter((element) => element.name === "part");
}

/** The part named as the melody; otherwise the first that carries a fair share of the notes. */
function melodyPart<P extends { readonly name: string; readonly notes: readonly unknown[] }>(parts: readonly P[]): P {
  const most = Math.max(0, ...parts.map((part) => part.notes.length));
  if (most === 0)
    throw new FormatError("no-notes", "The score has no notes.", {
      hint: "Take a file whose melody is written in notes, not only in chords, words or drums.",
    });
  const fair = parts.filter((part) => part.notes.length >= most / 4);
  return fair.find((part) => /melod|vocal|voice|lead|solo|tune/i.test(part.name)) ?? fair[0]!;
}

/**
 * Reads the melody of a MusicXML score: of one part the first voice on the first staff, every measure once, in the order
 * written, the highest note of each chord.
 * @param bytes .musicxml or .xml in UTF-8, UTF-16 or Latin-1, or .mxl
 * @param fileName gives the title where the score has none
 * @throws FormatError `xml…` and `musicxml…` for what is damaged or no score, `empty`, `no-notes`, `too-long`
 */
export function readMusicXml(bytes: Uint8Array, fileName: string): Tune {
  const score = parseXml(scoreText(bytes), SCORE_ELEMENTS);
  const entries = child(score, "part-list")?.children ?? [];
  const parts = partsOf(score).map((part) => {
    const id = part.attributes["id"] ?? "";
    const entry = entries.find((e) => e.attributes["id"] === id);
    return { ...readPart(part), id: id.slice(0, 40), name: childText(entry, "part-name").slice(0, 200) };
  });
  const { id, name, voice, notes, together, meters, fifths, tempo, firstBar } = melodyPart(parts);
  const title = childText(child(score, "work"), "work-title") || childText(score, "movement-title");
  return {
    title: title || fileName.replace(/\.[^.]*$/, ""),
    format: "musicxml",
    part: `part ${id}${name === "" ? "" : ` “${name}”`}, voice ${voice.slice(0, 40)}`,
    ticksPerQuarter: XML_TICKS_PER_QUARTER,
    meters,
    fifths,
    // A part may leave the tempo to another one.
    tempo: tempo ?? parts.find((part) => part.tempo !== undefined)?.tempo ?? DEFAULT_TEMPO,
    firstBar,
    notes,
    together,
  };
}
