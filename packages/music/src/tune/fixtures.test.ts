/** The tune book of this package: each tune as ABC, and as the MIDI and MusicXML that scripts/fixtures.mjs makes of it. */
import { readdirSync, readFileSync } from "node:fs";
import { FlowError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { cutWindows } from "../window/windows.ts";
import { readTunes } from "./read-tunes.ts";
import type { Tune } from "./tune.ts";

const folder = new URL("../../fixtures/", import.meta.url);
const files = (kind: string): string[] => readdirSync(new URL(`${kind}/`, folder)).sort();
const baseName = (file: string): string => file.replace(/\.\w+$/, "");

function only(kind: string, file: string): Tune {
  const { tunes, refused } = readTunes(file, readFileSync(new URL(`${kind}/${file}`, folder)));
  expect(refused).toEqual([]);
  expect(tunes).toHaveLength(1);
  return tunes[0]!;
}

/** Notes in hundredths of a quarter: formats count in different ticks. */
const notes = ({ notes: all, ticksPerQuarter }: Tune): number[][] =>
  all.map(({ pitch, start, duration }) => [
    pitch,
    Math.round((100 * start) / ticksPerQuarter),
    Math.round((100 * (start + duration)) / ticksPerQuarter),
  ]);

const meters = (tune: Tune): number[][] =>
  tune.meters.map((m) => [m.tick / tune.ticksPerQuarter, m.numerator, m.denominator]);

const names = files("abc").map(baseName);

test("holds thirty tunes, each in three formats", () => {
  expect(names).toHaveLength(30);
  expect(files("midi").map(baseName)).toEqual(names);
  expect(files("musicxml").map(baseName)).toEqual(names);
});

describe.each(names)("%s", (name) => {
  const abc = only("abc", `${name}.abc`);

  test("is the same tune in MIDI", () => {
    const midi = only("midi", `${name}.mid`);
    expect(notes(midi)).toEqual(notes(abc));
    expect(meters(midi)).toEqual(meters(abc));
    expect(midi.tempo).toBeCloseTo(abc.tempo, 2);
    if (midi.part.includes("“")) expect(midi.part).toMatch(new RegExp(`Melody|${abc.title.slice(0, 8)}`));
  });

  test("is the same tune in MusicXML", () => {
    const score = only("musicxml", files("musicxml").find((file) => baseName(file) === name)!);
    expect(notes(score)).toEqual(notes(abc));
    expect(meters(score)).toEqual(meters(abc));
    expect(score.title).toBe(abc.title);
    expect(score.firstBar / score.ticksPerQuarter).toBe(abc.firstBar / abc.ticksPerQuarter);
    if (abc.fifths !== undefined && cuts(abc)) {
      expect(score.fifths).toBe(abc.fifths);
      expect(cutWindows(score)).toEqual(cutWindows(abc));
    }
  });
});

function cuts(tune: Tune): boolean {
  try {
    return cutWindows(tune).length > 0;
  } catch (error) {
    if (error instanceof FlowError) return false;
    throw error;
  }
}

/** What the awkward ones are there for, in quarters. */
describe("says what it should of", () => {
  const tune = (name: string): Tune => only("abc", `${name}.abc`);
  const pitches = (name: string): number[] => tune(name).notes.map((n) => n.pitch);
  const starts = (name: string): number[] => tune(name).notes.map((n) => n.start / tune(name).ticksPerQuarter);
  const lengths = (name: string): number[] => tune(name).notes.map((n) => n.duration / tune(name).ticksPerQuarter);

  test("accidentals: they last through the bar and no longer", () => {
    expect(pitches("borrowed-notes")).toEqual([63, 69, 69, 68, 68, 66, 66, 65, 67, 69, 71, 71, 70, 75]);
  });
  test("ties: they carry an accidental over the bar line", () => {
    expect(pitches("leaning")).toEqual([62, 66, 69, 74, 73, 71, 69, 71, 68, 69, 66, 64, 62]);
    expect(starts("leaning")).toEqual([0, 1, 2, 3, 5, 6, 7, 9.5, 11, 13, 15, 18, 20]);
  });
  test("tuplets: threes, threes of double length, five in the time of four", () => {
    const whole = starts("tuplets").map((at) => Math.round(at * 30));
    expect(whole.slice(0, 8)).toEqual([0, 10, 20, 30, 40, 50, 60, 90]);
    expect(whole.slice(-6)).toEqual([360, 372, 384, 396, 408, 420]);
    expect(whole.slice(15, 18)).toEqual([240, 260, 280]);
  });
  test("broken rhythm, single and double", () => {
    expect(lengths("snaps").slice(0, 8)).toEqual([0.75, 0.25, 0.25, 0.75, 0.875, 0.125, 0.125, 0.875]);
  });
  test("two endings: each is written once", () => {
    expect(starts("two-endings")).toHaveLength(62);
    expect(tune("two-endings").notes.at(-1)).toMatchObject({
      pitch: 67,
      start: 38 * tune("two-endings").ticksPerQuarter,
    });
  });
  test("pickups: the first whole bar comes after them", () => {
    const firstBar = (name: string): number => tune(name).firstBar / tune(name).ticksPerQuarter;
    expect(["amazing-grace", "when-the-saints", "oh-susanna", "greensleeves", "twinkle"].map(firstBar)).toEqual([
      1, 3, 0.5, 0.5, 0,
    ]);
  });
  test("rests: of bars, unseen, and chords that leave their top note", () => {
    expect(pitches("silences")).toEqual([64, 67, 71, 71, 76, 76, 59]);
    expect(starts("silences")).toEqual([1, 1.5, 2, 10, 11, 12, 16]);
  });
  test("modes and pipes", () => {
    expect(["greensleeves", "no-unit", "wide-steps", "silences"].map((name) => tune(name).fifths)).toEqual([
      1,
      2,
      undefined,
      1,
    ]);
  });
  test("voices: the first one is the melody", () => {
    expect(Math.min(...pitches("two-voices"))).toBe(67);
  });
  test("ornaments: none of them is a note", () => {
    expect(pitches("ornaments")).toHaveLength(41);
  });
  test("meter: a tune that changes it gives no windows", () => {
    expect(() => cutWindows(tune("changing-feet"))).toThrow("4/4");
    expect(() => cutWindows(tune("greensleeves"))).toThrow("6/8");
  });
  test("folds: a wide tune keeps its pitches beside the grid", () => {
    const windows = cutWindows(tune("wide-steps"));
    expect(windows.some((window) => !window.inRange)).toBe(true);
  });
});
