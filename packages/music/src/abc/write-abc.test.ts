import { describe, expect, test } from "vitest";
import type { GridNote } from "../grid/grid.ts";
import { toNotes } from "../grid/grid.ts";
import { cutWindows } from "../window/windows.ts";
import { readAbc } from "./read-abc.ts";
import { writeAbc } from "./write-abc.ts";

let state = 7;
const random = (n: number) => (state = (state * 48_271) % 2_147_483_647) % n;

function melody(): GridNote[] {
  const notes: GridNote[] = [];
  for (let at = random(4); at < 32; ) {
    const length = Math.min(1 + random(9), 32 - at);
    if (random(5) > 0) notes.push([50 + random(37), at, length]);
    at += length;
  }
  return notes;
}

const back = (text: string) => readAbc(text, "a.abc").tunes[0]!;

describe("a melody", () => {
  test("reads back as the same one in every key and octave", () => {
    for (let i = 0; i < 600; i++) {
      const notes = melody();
      const keyShift = (i % 23) - 11;
      const octaveShift = 12 * ((i % 5) - 2);
      const tune = back(writeAbc({ notes, keyShift, octaveShift, tempo: 97.25 }));
      const sharps = (((keyShift * 7) % 12) + 12) % 12;
      expect(tune).toMatchObject({ tempo: 97.25, firstBar: 0, fifths: sharps > 6 ? sharps - 12 : sharps });
      expect(tune.notes.map((n) => [n.pitch - keyShift - octaveShift, n.start / 2520, n.duration / 2520])).toEqual(
        notes,
      );
      const windows = cutWindows(tune);
      expect(windows).toHaveLength(1);
      expect(windows[0]).toMatchObject({ keyShift, octaveShift });
      expect(toNotes(windows[0]!.grid)).toEqual(notes);
    }
  });
  test("may be silence, and may be folded", () => {
    expect(back(writeAbc({ notes: [] })).notes).toEqual([]);
    const tune = back(writeAbc({ notes: [[60, 0, 4]], folds: [1] }));
    expect(tune.notes[0]!.pitch).toBe(72);
    expect(tune.mark).toEqual({ keyShift: 0, octaveShift: 0, folds: [1] });
    expect(toNotes(cutWindows(tune)[0]!.grid)).toEqual([[60, 0, 4]]);
  });
  test("keeps any title on its line", () => {
    for (const title of ["50% \\off\\ & more", "Größe 音", "\\%\\"])
      expect(back(writeAbc({ notes: [], title })).title).toBe(title);
    expect(back(writeAbc({ notes: [], title: "a\nK:G\r\n\0b" })).title).toBe("a K:G b");
  });
  test("is spelled as its key asks", () => {
    const text = writeAbc({
      notes: [
        [64, 0, 4],
        [65, 4, 2],
        [66, 6, 2],
        [66, 8, 5],
        [65, 14, 18],
      ],
      keyShift: 2,
      title: "Air",
    });
    expect(text).toBe(
      'X:1\nT:Air\nM:4/4\nL:1/16\nQ:1/4=100\n%%normflow {"keyShift":2,"octaveShift":0,"folds":[0,0,0,0,0]}\nK:D\n' +
        "F4 G2^G2 G4- Gz=G2- | G16 |]\n",
    );
  });
});
