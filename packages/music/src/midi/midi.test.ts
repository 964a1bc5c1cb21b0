import { FlowError } from "@normflow/core";
import { describe, expect, test } from "vitest";
import { fold } from "../grid/fold.ts";
import { type GridNote, toNotes } from "../grid/grid.ts";
import { cutWindows } from "../window/windows.ts";
import { readMidi } from "./read-midi.ts";
import { writeMidi } from "./write-midi.ts";

const chars = (text: string) => Array.from(text, (c) => c.charCodeAt(0));
const track = (...events: number[][]) => {
  const data = events.flat();
  return [...chars("MTrk"), 0, 0, data.length >> 8, data.length & 255, ...data];
};
const file = (type: number, division: number, ...tracks: number[][]) =>
  Uint8Array.from([
    ...chars("MThd"),
    0,
    0,
    0,
    6,
    0,
    type,
    0,
    tracks.length,
    division >> 8,
    division & 255,
    ...tracks.flat(),
  ]);
const name = (text: string) => [0, 0xff, 3, text.length, ...chars(text)];
const END = [0, 0xff, 0x2f, 0];
const on = (delta: number, pitch: number, channel = 0) => [delta, 0x90 | channel, pitch, 80];
const off = (delta: number, pitch: number, channel = 0) => [delta, 0x80 | channel, pitch, 0];
const note = (pitch: number, channel = 0) => [...on(0, pitch, channel), ...off(96, pitch, channel)];

const melody: GridNote[] = [
  [60, 0, 4],
  [60, 4, 2],
  [67, 6, 1],
  [64, 9, 7],
  [72, 16, 3],
  [71, 20, 4],
];

describe("reading MIDI", () => {
  test("running status, velocity 0 as release, sysex and unknown meta passed over, tempo and meter changes", () => {
    const bytes = file(
      0,
      96,
      track(
        name("Air"),
        [0, 0xf0, 3, 1, 2, 0xf7],
        [0, 0xff, 0x7f, 2, 9, 9],
        [0, 0xff, 0x51, 3, 0x07, 0xa1, 0x20],
        [0, 0xff, 0x58, 4, 2, 2, 24, 8],
        [0, 0x90, 60, 80, 96, 60, 0, 0, 62, 80, 96, 62, 0],
        [0, 0xff, 0x51, 3, 0x09, 0x27, 0xc0],
        [0, 0xff, 0x58, 4, 3, 2, 24, 8],
        [0, 0xc0, 5],
        END,
      ),
    );
    expect(readMidi(bytes, "x.mid")).toEqual({
      title: "Air",
      format: "midi",
      part: "track 1 “Air”",
      ticksPerQuarter: 96,
      fifths: undefined,
      tempo: 120,
      firstBar: 0,
      meters: [
        { tick: 0, numerator: 2, denominator: 4 },
        { tick: 192, numerator: 3, denominator: 4 },
      ],
      notes: [
        { pitch: 60, start: 0, duration: 96 },
        { pitch: 62, start: 96, duration: 96 },
      ],
      together: 0,
    });
  });
  test("takes the named track, else the highest that is a melody, never the drums", () => {
    const bass = track(name("bass"), note(40), note(43), END);
    const high = track(name("flute"), note(80), note(81), END);
    const chords = track(name("piano"), on(0, 90), on(0, 94), off(96, 90), off(0, 94), END);
    const drums = track(note(99, 9), END);
    expect(readMidi(file(1, 96, bass, high, chords, drums), "x.mid").part).toBe("track 2 “flute”");
    expect(readMidi(file(1, 96, track(name("Melody"), note(50), END), high), "x.mid").part).toBe("track 1 “Melody”");
    expect(() => readMidi(file(1, 96, chords), "x.mid")).toThrow("track 1 “piano”, plays chords");
    expect(() => readMidi(file(1, 96, drums), "x.mid")).toThrow("no notes");
  });
  test("counts the accompaniment for key and octave", () => {
    const tune = readMidi(file(1, 96, track(note(60), END), track(note(80), END)), "x.mid");
    expect(tune.pitchCounts?.map((n, p) => [p, n]).filter(([, n]) => n)).toEqual([
      [60, 1],
      [80, 1],
    ]);
  });
  test("cuts a note where the next one starts and keeps the highest of a chord", () => {
    const legato = track(
      on(0, 60),
      on(90, 62),
      off(10, 60),
      off(90, 62),
      on(0, 64),
      on(0, 67),
      off(50, 64),
      off(0, 67),
      END,
    );
    expect(readMidi(file(0, 96, legato), "x.mid").notes.map((n) => [n.pitch, n.start, n.duration])).toEqual([
      [60, 0, 90],
      [62, 90, 100],
      [67, 190, 50],
    ]);
  });
  test.each([
    ["empty", "empty", new Uint8Array()],
    ["midi", "text", Uint8Array.from(chars("hello, this is text"))],
    ["midi-type", "type 2", file(2, 96, track(END))],
    ["midi-smpte", "film frames", file(0, 0xe728, track(END))],
    ["midi", "no ticks", file(0, 0, track(END))],
    ["midi-truncated", "a track that is not there", file(1, 96, track(END)).map((b, i) => (i === 10 ? 255 : b))],
    ["midi-truncated", "a length beyond the file", file(0, 96, track(END)).map((b, i) => (i === 18 ? 127 : b))],
    ["midi-event", "running status from nothing", file(0, 96, track([0, 60, 80], END))],
    ["midi-event", "a data byte above 127", file(0, 96, track([0, 0x90, 200, 80], END))],
  ])("refuses with %s: %s", (code, _what, bytes) => {
    expect(() => readMidi(bytes, "x.mid")).toThrow(expect.objectContaining({ code }));
  });
  test("reads or refuses every truncation and 3,000 mutations in words", () => {
    const good = writeMidi({ notes: melody });
    for (let n = 0; n < good.length; n++) expect(() => readMidi(good.subarray(0, n), "x.mid")).toThrow(FlowError);
    let seed = 1;
    const dice = (n: number) => Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * n);
    for (let i = 0; i < 3000; i++) {
      const bad = Uint8Array.from(good);
      for (let k = 0; k < 4; k++) bad[dice(bad.length)] = dice(256);
      try {
        cutWindows(readMidi(bad, "x.mid"));
      } catch (error) {
        expect(error).toBeInstanceOf(FlowError);
      }
    }
  });
});

describe("writing MIDI", () => {
  test.each([
    { keyShift: 0, octaveShift: 0 },
    { keyShift: 7, octaveShift: -12 },
    { keyShift: -3, octaveShift: 24 },
  ])("reads back as the same melody, %o", (place) => {
    const tune = readMidi(writeMidi({ notes: melody, tempo: 90, title: "Größe ♯1", ...place }), "x.mid");
    expect(tune.title).toBe("Größe ♯1");
    expect(tune.tempo).toBeCloseTo(90, 3);
    const windows = cutWindows(tune);
    expect(windows).toHaveLength(1);
    expect(windows[0]).toMatchObject(place);
    expect(toNotes(windows[0]!.grid)).toEqual(melody);
  });
  test.each<[string, GridNote[]]>([
    ["one note and a long rest", [[61, 5, 2]]],
    ["all rests", []],
  ])("also %s", (_what, notes) => {
    const windows = cutWindows(readMidi(writeMidi({ notes }), "x.mid"));
    expect(windows.map((w) => toNotes(w.grid))).toEqual([notes]);
  });
  test("keeps the folds", () => {
    const { grid, folds } = fold([
      [40, 0, 4],
      [60, 4, 4],
      [100, 8, 4],
    ]);
    const [window] = cutWindows(readMidi(writeMidi({ notes: toNotes(grid), folds, keyShift: 2 }), "x.mid"));
    expect(window).toMatchObject({ grid, folds, inRange: false, keyShift: 2 });
  });
  test("ends with the second bar", () => {
    const bytes = writeMidi({ notes: [[60, 0, 4]] });
    // 28 sixteenths of 120 ticks after the note, the end of the track.
    expect([...bytes.slice(-5)]).toEqual([0x9a, 0x20, 0xff, 0x2f, 0]);
  });
  test.each([
    { tempo: 0 },
    { tempo: Number.NaN },
    { keyShift: 12 },
    { octaveShift: 5 },
    { folds: [1] },
    { octaveShift: 96 },
  ])("refuses %o", (place) => {
    expect(() => writeMidi({ notes: melody, ...place })).toThrow(FlowError);
  });
});
